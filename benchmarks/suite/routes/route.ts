/** The ways from a vendor's answer, or from the engine's memory, to stored rows. */
export const routeNames = ['engine', 'service', 'endToEnd', 'unchanged', 'server', 'sql', 'naive'] as const;
export type RouteName = (typeof routeNames)[number];

/** What each route is, for people. */
export const routeTitles: Readonly<Record<RouteName, string>> = {
  engine: "the engine's limit: INSERT … SELECT from a memory table",
  service: 'the service, from response bytes in memory',
  endToEnd: 'the service, from a vendor over HTTP',
  unchanged: 'the service, from bytes, the same data again',
  server: 'the service, from bytes, to a server (Native over HTTP)',
  sql: 'ClickHouse alone: JSONExtract in SQL',
  naive: 'as usually written: JSON.parse, luxon, decimal.js, JSONEachRow',
};

/** One way to stored rows. */
export interface Route {
  readonly name: RouteName;
  /** Readies a round with the symbols to be stored; not measured. */
  prepare?(symbols: readonly string[]): Promise<void>;
  /** The measured work: afterwards the rows of every symbol are stored. */
  run(symbols: readonly string[]): Promise<void>;
  /** Ends what may go on behind a result, such as the record of the collection; not measured. */
  settle?(symbols: readonly string[]): Promise<void>;
  /** Lets go of what it made, after the last round. */
  close?(): Promise<void>;
}
