/** One trading day. Instants are milliseconds since the Unix epoch (UTC). */
export interface Session {
  /** The trading day, `YYYY-MM-DD`: for currencies the day on which it ends. */
  readonly date: string;
  /** When continuous trading begins. */
  readonly open: number;
  /** When it ends, not included. */
  readonly close: number;
  /** Pauses such as the lunch break, in order. */
  readonly breaks: readonly { readonly from: number; readonly until: number }[];
  /** Trading before and after included; as `open` and `close` where there is none. */
  readonly extended: { readonly open: number; readonly close: number };
  /** Whether it closes earlier than on any other day of its time. */
  readonly early: boolean;
  /** Why its hours differ from the usual ones; `undefined` where they do not. */
  readonly reason: string | undefined;
}
