import { expect, it } from 'vitest';
import { pageAfter } from './page-after.ts';

const form = {
  list: 'letters',
  row: ({ id }: { readonly at: number; readonly id: string }) => id,
  keyOf: ({ at, id }: { readonly at: number; readonly id: string }) => [at, id],
  example: [0, ''],
};
const itemsOf = (...ids: string[]) => ids.map((id) => ({ at: Number(id[1]), id }));

it('goes on from the item of the cursor, whatever came or went before it', () => {
  const first = pageAfter(itemsOf('b1', 'a1', 'c2', 'd3'), { limit: 2 }, form);
  expect(first.items).toEqual(['a1', 'b1']);
  const cursor = String(first.nextCursor);
  expect(pageAfter(itemsOf('c2', 'd3'), { limit: 1, cursor }, form)).toMatchObject({ items: ['c2'] });
  const more = itemsOf('0', 'a0', 'a1', 'b1', 'c1', 'c2', 'd3').slice(1);
  expect(pageAfter(more, { limit: 9, cursor }, form)).toEqual({ items: ['c1', 'c2', 'd3'], nextCursor: null });
});
