import { afterAll, describe, expect, it, vi } from 'vitest';
import { type Api, problemOf, startApi, storeDays } from './api.ts';

const api: Api = await startApi();
await storeDays(api, 2, 'IBM');
await storeDays(api, 1, 'AAPL');
await api.clock.advance(Date.UTC(2024, 0, 9) - api.clock.now());
afterAll(() => api.close());

const range = 'interval=daily&from=2024-01-02&to=2024-01-05';

/** All rows of a list, read page by page. */
async function walked(path: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (let cursor: unknown = ''; cursor !== null && rows.length < 50; ) {
    const { json } = await api.ask(`${path}${cursor === '' ? '' : `&cursor=${String(cursor)}`}`);
    rows.push(...json.items);
    cursor = json.nextCursor;
  }
  return rows;
}

describe('coverage', () => {
  it('says of every session what is there, by symbol and page by page', async () => {
    const { json } = await api.ask(`/api/v1/coverage?${range}&symbols=IBM&symbols=AAPL`);
    expect(json.items.map(({ symbol, session, state, present }) => [symbol, session, state, present])).toEqual(
      ['IBM', 'AAPL'].flatMap((symbol) =>
        [2, 3, 4, 5].map((day) => {
          const stored = day < (symbol === 'IBM' ? 4 : 3);
          return [symbol, `2024-01-0${day}`, stored ? 'present' : 'pending', stored ? 1 : 0];
        }),
      ),
    );
    expect(json.items[0]).toMatchObject({ exchange: 'XNYS', open: '2024-01-02T14:30:00.000Z', reason: null });
    expect(await walked(`/api/v1/coverage?${range}&symbols=IBM&symbols=AAPL&limit=3`)).toEqual(json.items);
  });

  it.each([
    ['coverage', ['A'], ['A', 'B']],
    ['gaps', ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'], ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H']],
  ])('judges of decades no more symbols than the page of %s needs', async (list, first, second) => {
    const symbols = [...'ABCDEFGHIJKL'].map((symbol) => `&symbols=${symbol}`).join('');
    const path = `/api/v1/${list}?interval=daily&from=1990-01-02&limit=1${symbols}`;
    const judged = vi.spyOn(api.service, 'coverage');
    const symbolOf = async (cursor: string): Promise<unknown> => {
      judged.mockClear();
      return (await api.ask(path + cursor)).json.items.map(({ symbol }) => symbol);
    };
    try {
      expect(await symbolOf('')).toEqual(['A']);
      expect(judged.mock.calls.flatMap(([{ symbols: some }]) => some)).toEqual(first);
      const place = Buffer.from(JSON.stringify([list, 'A', '2024-01-08'])).toString('base64url');
      expect(await symbolOf(`&cursor=${place}`)).toEqual(['B']);
      expect(judged.mock.calls.flatMap(([{ symbols: some }]) => some)).toEqual(second);
    } finally {
      judged.mockRestore();
    }
  });

  it('has holes, with what would fill them', async () => {
    const { json } = await api.ask(`/api/v1/gaps?${range}`);
    expect(
      json.items.map(({ symbol, firstSession, lastSession, missing }) => [symbol, firstSession, lastSession, missing]),
    ).toEqual(
      expect.arrayContaining([
        ['AAPL', '2024-01-03', '2024-01-05', 3],
        ['IBM', '2024-01-04', '2024-01-05', 2],
      ]),
    );
    expect(await walked(`/api/v1/gaps?${range}&limit=1`)).toEqual(json.items);
  });

  it.each(['', '&symbols=AAPL&symbols=IBM'])(
    'goes on where the last hole of a page was filled meanwhile%s',
    async (of) => {
      const cursor = Buffer.from('["gaps","AAPL","2024-01-04"]').toString('base64url');
      const { json } = await api.ask(`/api/v1/gaps?interval=daily&from=2024-01-02&to=2024-01-02${of}&cursor=${cursor}`);
      expect(json.items).toEqual([]);
      const aside = Buffer.from('["gaps","AAPL","2024-01-05"]').toString('base64url');
      const rest = await api.ask(`/api/v1/gaps?${range}${of}&cursor=${aside}`);
      expect(rest.json.items.map(({ symbol }) => symbol)).toEqual(['IBM']);
    },
  );

  it.each([
    ['from=2024-01-02', 'invalidParameter'],
    ['interval=daily&from=yesterday', 'invalidDate'],
    ['interval=daily&from=1850-01-01', 'outsideCalendar'],
    [`${range}&symbols=../x`, 'invalidSymbol'],
    [`${range}&cursor=abc`, 'invalidCursor'],
    [
      `${range}&symbols=IBM&cursor=${Buffer.from('["coverage","MSFT","2024-01-02"]').toString('base64url')}`,
      'invalidCursor',
    ],
  ])('asked for with %j is refused as a mistake of the client', async (query, reason) => {
    expect(problemOf(await api.ask(`/api/v1/coverage?${query}`))).toMatchObject({ reason, status: 400 });
  });
});
