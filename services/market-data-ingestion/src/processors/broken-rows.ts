import type { Rule } from './rules.ts';

/** A row that could not be converted exactly. */
export interface RejectedRow {
  readonly row: number;
  /** In the order in which they were found, each once. */
  readonly rules: readonly Rule[];
}

/** Collects the rows of a payload that break a rule of conversion. Nearly always there are none. */
export class BrokenRows {
  readonly #rules = new Map<number, Set<Rule>>();

  add(row: number, rule: Rule): void {
    const known = this.#rules.get(row);
    if (known === undefined) this.#rules.set(row, new Set([rule]));
    else known.add(rule);
  }

  /** The rows that broke a rule, in the payload's order. */
  list(): RejectedRow[] {
    return [...this.#rules].map(([row, rules]) => ({ row, rules: [...rules] })).sort((a, b) => a.row - b.row);
  }

  /** The other rows of a payload of so many, in its order. */
  otherRows(length: number): Uint32Array {
    const rows = new Uint32Array(length - this.#rules.size);
    const any = this.#rules.size > 0;
    let count = 0;
    for (let row = 0; row < length; row++) if (!any || !this.#rules.has(row)) rows[count++] = row;
    return rows;
  }
}
