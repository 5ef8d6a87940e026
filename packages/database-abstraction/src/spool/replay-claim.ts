import { DatabaseSync } from 'node:sqlite';

/** The primary result code of SQLite for a lock that another connection holds. */
const sqliteBusy = 5;

/**
 * The right to replay: an exclusive transaction on a file of its own, that is a lock of the operating system which ends
 * with its holder, however that ends.
 */
export class ReplayClaim {
  readonly #path: string;
  #lock: DatabaseSync | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether this process has the right now. @throws the error of SQLite when the file cannot be used. */
  take(): boolean {
    if (this.#lock !== undefined) return true;
    const candidate = new DatabaseSync(this.#path);
    try {
      candidate.exec('BEGIN EXCLUSIVE');
      this.#lock = candidate;
      return true;
    } catch (error) {
      candidate.close();
      if ((Number((error as { errcode?: unknown }).errcode) & 0xff) === sqliteBusy) return false;
      throw error;
    }
  }

  release(): void {
    this.#lock?.close();
    this.#lock = undefined;
  }
}
