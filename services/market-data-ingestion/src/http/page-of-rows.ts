/** A page from its rows and, where there are more, the one after them. */
export function pageOfRows<T, Row>(
  rows: readonly T[],
  limit: number,
  row: (item: T) => Row,
  cursorAfter: (last: T) => string,
): { items: Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(row),
    nextCursor: last === undefined || rows.length <= limit ? null : cursorAfter(last),
  };
}
