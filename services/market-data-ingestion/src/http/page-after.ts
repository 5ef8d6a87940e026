import { cursorOf, type Position, positionOf } from './cursor.ts';
import { pageOfRows } from './page-of-rows.ts';

/** How a list is ordered and shown. */
export interface ListForm<T, Row> {
  /** Its name in cursors. */
  readonly list: string;
  readonly row: (item: T) => Row;
  /** Orders the list, differs for any two items, and stays the same for each; always of the same types. */
  readonly keyOf: (item: T) => Position;
  /** A key, for its types. */
  readonly example: Position;
}

/** A page of a list that is all there, from the item after the cursor's: what comes or goes meanwhile moves nothing. */
export function pageAfter<T, Row>(
  all: readonly T[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
  { list, row, keyOf, example }: ListForm<T, Row>,
): { items: Row[]; nextCursor: string | null } {
  const place = positionOf(list, cursor, example);
  const keyed = all.map((item) => ({ item, key: keyOf(item) })).toSorted((a, b) => compare(a.key, b.key));
  const rest = place === undefined ? keyed : keyed.filter(({ key }) => compare(key, place) > 0);
  return pageOfRows(
    rest,
    limit,
    ({ item }) => row(item),
    ({ key }) => cursorOf(list, key),
  );
}

function compare(a: Position, b: Position): number {
  for (const [at, one] of a.entries()) {
    const other = b[at];
    if (other !== undefined && one !== other) return one < other ? -1 : 1;
  }
  return 0;
}
