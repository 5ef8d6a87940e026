import { cursorOf, positionOf } from './cursor.ts';

/** A page of a list that is counted from its beginning. */
export function pageAt<T, Row>(
  list: string,
  all: readonly T[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
  row: (item: T) => Row,
): { items: Row[]; nextCursor: string | null } {
  const [from = 0] = positionOf(list, cursor, [0]) ?? [];
  const start = Math.max(0, from);
  const end = start + limit;
  return { items: all.slice(start, end).map(row), nextCursor: all.length > end ? cursorOf(list, [end]) : null };
}
