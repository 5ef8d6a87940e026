/**
 * Says which one of many does something that has a name. A lease is held for a time and must be renewed, so that a holder
 * that is gone is replaced. What its holder notes stays with the name, for whoever holds it next.
 *
 * Time can be misjudged by any holder, so a late one may believe that it still holds: its `write` is refused then, and
 * `fence` lets other stores refuse it too. All methods reject with a `ServiceError` of kind `database` when the place
 * where leases are kept does not answer.
 */
export interface Leases {
  /**
   * Takes the lease of a name for `leaseMs` milliseconds; `undefined` while another holder has it, in this process or in
   * another one.
   */
  acquire(name: string, options: { readonly leaseMs: number }): Promise<Lease | undefined>;
  /** What was noted last under a name, whoever holds it; `undefined` when nothing was. */
  noteOf(name: string): Promise<string | undefined>;
  /** Releases connections; what is held stays so until its time is over. It connects anew when it is used again. */
  close(): Promise<void>;
}

/** The right to do what has a name, until it is over or released. */
export interface Lease {
  readonly name: string;
  /** Larger than that of every earlier holder of the name. */
  readonly fence: number;
  /** What was noted under the name when the lease was taken. */
  readonly note: string | undefined;
  /**
   * Holds it for `leaseMs` from now on. A late holder keeps it as long as nobody else has come. `false` says that it is
   * lost: stop what it was for.
   */
  renew(options: { readonly leaseMs: number }): Promise<boolean>;
  /** Notes a text under the name; `false`, and nothing is noted, when the lease is lost. */
  write(note: string): Promise<boolean>;
  /** Lets the next one have it; `false` when it was lost before. */
  release(): Promise<boolean>;
}
