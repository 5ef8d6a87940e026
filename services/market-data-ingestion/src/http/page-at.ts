import { cursorOf, positionOf } from './cursor.ts';

/** A page of a list that is counted from its beginning. */
export function pageAt<T, Row>(
  all: readonly T[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
  row: (item: T) => Row,
): { items: Row[]; nextCursor: string | null } {
  const start = Math.max(0, positionOf(cursor) ?? 0);
  const end = start + limit;
  return { items: all.slice(start, end).map(row), nextCursor: all.length > end ? cursorOf(end) : null };
}
