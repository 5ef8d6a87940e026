/** Where a process can be killed, beside at random. */
export const points = ['migrating', 'accepted', 'stored', 'spooled', 'removed'] as const;

export type Point = (typeof points)[number];

/** What a child process is to do. */
export interface Plan {
  readonly directory: string;
  /** Begun and acknowledged batches, one JSON object a line, each on the disk before the work goes on. */
  readonly journal: string;
  /** How many batches to collect at most; none to replay only, and print what is stored. */
  readonly batches: number;
  /** Begins when what waited in the spool is stored, so that batches are stored without it; otherwise at once. */
  readonly patient: boolean;
  /** Kills itself when it comes to a point for the `count`th time. */
  readonly kill?: { readonly point: Point; readonly count: number } | undefined;
}

/** A line of the journal. */
export type JournalLine =
  | { readonly begun: number }
  | {
      readonly acknowledged: number;
      readonly collected: number;
      readonly accountedFor: number;
      readonly spooled: number;
    };

/** What the store has in the end. */
export interface FinalState {
  /** Every version of every bar, in the order of symbol, open time and version. */
  readonly bars: readonly { readonly symbol: string; readonly day: string; readonly close: string }[];
  readonly quarantine: readonly { readonly symbol: string; readonly label: string; readonly low: string }[];
  readonly waiting: number;
  readonly damaged: number;
}
