import { drainPending, Session } from 'chdb';

/** A query with what it is run with. */
export interface EngineQuery {
  readonly sql: string;
  readonly format: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Sessions of the embedded engine on one directory, each used by one query at a time: queries on one session run one
 * after another, and a setting stays in force there until it is taken back.
 */
export class EnginePool {
  readonly #sessions: readonly Session[];
  readonly #idle: Session[];
  readonly #waiting: ((session: Session) => void)[] = [];

  /** @param configurationFile of the engine, for what is no setting of a query. */
  constructor(directory: string, size: number, configurationFile?: string) {
    const connectionArgs = configurationFile === undefined ? [] : [`--config-file=${configurationFile}`];
    this.#sessions = Array.from({ length: size }, () => new Session(directory, { connectionArgs }));
    this.#idle = [...this.#sessions];
  }

  /** The bytes of the answer. @throws the engine's error, whose message begins with `Code: `. */
  async run(query: EngineQuery): Promise<Uint8Array> {
    const session = this.#idle.pop() ?? (await new Promise<Session>((resolve) => this.#waiting.push(resolve)));
    const settings = Object.entries(query.settings);
    const set = (values: readonly string[]): string => `SET ${values.join(', ')}`;
    try {
      if (settings.length > 0) {
        await session.queryAsync(set(settings.map(([name, value]) => `${name} = ${literal(value)}`)));
      }
      const options = { format: query.format };
      const result =
        Object.keys(query.parameters).length === 0
          ? await session.queryAsync(query.sql, options)
          : await session.queryBindAsync(query.sql, query.parameters, options);
      return result.bytes();
    } finally {
      const back = settings.map(([name]) => `${name} = DEFAULT`);
      if (back.length > 0) await session.queryAsync(set(back)).catch(() => {});
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(session);
      else next(session);
    }
  }

  async close(): Promise<void> {
    await drainPending();
    for (const session of this.#sessions) session.close();
    await drainPending();
  }
}

/** A ClickHouse string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
