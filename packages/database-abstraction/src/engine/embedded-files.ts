import { randomUUID } from 'node:crypto';
import { rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { literal } from './literal.ts';
import type { LocalFile, LocalFiles } from './sql-engine.ts';

export interface EmbeddedFilesOptions {
  /** A directory for links. */
  readonly staging: string;
  readonly rows: <Row>(sql: string) => Promise<Row[]>;
}

/** An empty value of a CSV file is none; folders named like Hive's do not replace what the file itself says. */
const settings = `SETTINGS use_hive_partitioning = 0, format_csv_null_representation = '',
  input_format_csv_empty_as_default = 0, date_time_output_format = 'simple'`;

/**
 * Files of this machine, read with `file()` of the embedded engine. Through a link of our own: in a path of the caller,
 * braces and stars would be a pattern to the engine.
 */
export class EmbeddedFiles implements LocalFiles {
  readonly #staging: string;
  readonly #rows: <Row>(sql: string) => Promise<Row[]>;

  constructor(options: EmbeddedFilesOptions) {
    this.#staging = options.staging;
    this.#rows = options.rows;
  }

  async columns(file: LocalFile): Promise<readonly { readonly name: string; readonly type: string }[]> {
    return await this.#linked(file, (link) =>
      this.#rows(`DESCRIBE file(${literal(link)}, ${literal(file.format)}) ${settings}`),
    );
  }

  async rows<Row>(file: LocalFile, select: string, structure?: string): Promise<Row[]> {
    const types = structure === undefined ? '' : `, ${literal(structure)}`;
    return await this.#linked(file, (link) =>
      this.#rows<Row>(
        `SELECT ${select} FROM file(${literal(link)}, ${literal(file.format)}${types}) AS file ${settings}`,
      ),
    );
  }

  async #linked<Result>(file: LocalFile, read: (link: string) => Promise<Result>): Promise<Result> {
    const link = join(this.#staging, `${randomUUID()}.link`);
    await symlink(resolve(file.path), link);
    try {
      return await read(link);
    } finally {
      await rm(link, { force: true });
    }
  }
}
