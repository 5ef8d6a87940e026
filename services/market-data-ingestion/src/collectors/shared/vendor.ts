/** Whom an error or a report is about. */
export interface Vendor {
  /** The stable id: the component in health, the `api` or `service` of errors. */
  readonly id: string;
  /** As people write it. */
  readonly name: string;
}
