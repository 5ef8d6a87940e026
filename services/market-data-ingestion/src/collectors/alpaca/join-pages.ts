import type { BarField, TextColumn } from '@quantumtrade/shared-types';
import type { SeriesColumns } from '../shared/columns.ts';

/** The bars of one page and the bytes that they point into. */
export interface PageBars {
  readonly bars: SeriesColumns;
  readonly text: Uint8Array;
}

const fields: readonly BarField[] = ['open', 'high', 'low', 'close', 'volume'];

/** The bars of all pages as those of one answer, in the order of the pages. */
export function joinPages(pages: readonly PageBars[]): PageBars {
  const [only, ...others] = pages;
  if (only !== undefined && others.length === 0) return only;
  const text = Buffer.concat(pages.map((page) => page.text));
  const length = pages.reduce((sum, { bars }) => sum + bars.length, 0);
  const joined = (columnOf: (bars: SeriesColumns) => TextColumn | undefined): TextColumn => {
    const starts = new Uint32Array(length);
    const ends = new Uint32Array(length);
    let row = 0;
    let offset = 0;
    for (const page of pages) {
      const column = columnOf(page.bars);
      for (let i = 0; i < page.bars.length; i++, row++) {
        const start = column?.starts[i] ?? 0;
        const end = column?.ends[i] ?? 0;
        // An absent value stays the empty range at 0.
        starts[row] = end > start ? start + offset : 0;
        ends[row] = end > start ? end + offset : 0;
      }
      offset += page.text.length;
    }
    return { starts, ends };
  };
  const values = Object.fromEntries(fields.map((field) => [field, joined((bars) => bars.values[field])]));
  return { text, bars: { length, label: joined((bars) => bars.label), values } };
}
