import { RedisConnection, type RedisConnectionOptions } from '../redis/redis-connection.ts';

export interface RedisInboxOptions extends RedisConnectionOptions {
  /** Key of the list onto which others push (`RPUSH`). `…:processing` and `…:rejected` beside it are this inbox's. */
  readonly list: string;
}

/** A text that another service pushed. It stays in Redis until it is accepted or rejected. */
export interface PushedText {
  readonly text: string;
  /** Takes it away: what it asks for is kept elsewhere now. */
  accept(): Promise<void>;
  /** Puts it onto the list of what was rejected, as JSON with `reason` and `text`. */
  reject(reason: string): Promise<void>;
}

/** How much longer than its wait a command may take, in milliseconds. */
const answerMs = 1_000;

/**
 * A Redis list that loses nothing: a text is moved to a second list when it is taken, in one step, and what is still
 * there after an interruption is given out again. So a text may be given out twice, and whoever accepts it must not mind.
 * Processes may share a list.
 *
 * Calls reject with a `ServiceError` of kind `database`: `inboxUnavailable` for anything that Redis refuses or does not
 * answer, `notConnected` before {@link RedisInbox.connect} and after {@link RedisInbox.close}.
 */
export class RedisInbox {
  readonly #list: string;
  readonly #connection: RedisConnection;
  /** Taken and not settled, by somebody who may be gone; `undefined` when that is to be looked up. */
  #leftovers: string[] | undefined;

  /**
   * @param options `connectTimeoutMs` is also the longest that {@link RedisInbox.next} may wait.
   * @throws ServiceError of kind `configuration`, reason `invalidSetting`, for an address that is none.
   */
  constructor(options: RedisInboxOptions) {
    const { list, connectTimeoutMs = 2_000 } = options;
    this.#list = list;
    this.#connection = new RedisConnection({
      ...options,
      commandTimeoutMs: connectTimeoutMs + answerMs,
      // A connection on which nothing is said for longer than this is given up.
      connectTimeoutMs: connectTimeoutMs + answerMs,
      ...{ reason: 'inboxUnavailable', subject: 'the list of pushed jobs' },
    });
  }

  /** Resolves as soon as the server can be asked, and also when it cannot be reached in time. Never rejects. */
  async connect(): Promise<void> {
    await this.#connection.connect();
  }

  /** The next text, after at most so many milliseconds; `undefined` when there is none by then. */
  async next(waitMs: number): Promise<PushedText | undefined> {
    try {
      this.#leftovers ??= await this.#connection.ask('looking for jobs that were being taken', (client) =>
        client.lrange(this.#processing, 0, -1),
      );
      const text =
        this.#leftovers.pop() ??
        (await this.#connection.ask('waiting for jobs', (client) =>
          client.blmove(this.#list, this.#processing, 'LEFT', 'LEFT', waitMs / 1000),
        ));
      return text === null ? undefined : this.#pushed(text);
    } catch (error) {
      // What was moved although nobody heard of it is found again.
      this.#leftovers = undefined;
      throw error;
    }
  }

  /** Ends the connection. Calling it again does nothing. */
  async close(): Promise<void> {
    await this.#connection.close();
  }

  #pushed(text: string): PushedText {
    const settle = async (rejected?: string): Promise<void> => {
      try {
        // In this order: an interruption in between leaves the text on both lists, and never on none.
        if (rejected !== undefined) {
          await this.#connection.ask('rejecting a job', (client) => client.rpush(`${this.#list}:rejected`, rejected));
        }
        await this.#connection.ask('taking a job off the list', (client) => client.lrem(this.#processing, 1, text));
      } catch (error) {
        this.#leftovers = undefined;
        throw error;
      }
    };
    return { text, accept: () => settle(), reject: (reason) => settle(JSON.stringify({ reason, text })) };
  }

  get #processing(): string {
    return `${this.#list}:processing`;
  }
}
