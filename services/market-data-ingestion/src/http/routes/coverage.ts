import { type Interval, intervals, parseSymbol } from '@quantumtrade/shared-types';
import { Type } from 'typebox';
import { coverageRow, gapRow } from '../../cli/coverage-rows.ts';
import { isoInstant } from '../../cli/output.ts';
import { cursorLength, cursorOf, positionOf } from '../cursor.ts';
import type { HttpApiDependencies } from '../dependencies.ts';
import { answers, type HttpApp } from '../http-app.ts';
import { pageOfRows } from '../page-of-rows.ts';
import { refusal } from '../refusal.ts';
import { coverageSchema, gapSchema } from '../schemas/coverage.ts';
import { pageOf } from '../schemas/schema.ts';

const tags = ['coverage'];

const query = Type.Object(
  {
    symbols: Type.Optional(
      Type.Array(Type.String(), { maxItems: 100, description: 'all that have bars without it', examples: [['AAPL']] }),
    ),
    interval: Type.Unsafe<Interval>({ type: 'string', enum: [...intervals], examples: ['daily'] }),
    adjusted: Type.Boolean({ default: false, description: 'the adjusted series' }),
    source: Type.Optional(
      Type.String({ pattern: '^[a-z0-9_]{1,64}$', description: 'another source than the active one' }),
    ),
    from: Type.String({ description: 'first trading day, YYYY-MM-DD', examples: ['2024-01-02'] }),
    to: Type.Optional(Type.String({ description: 'last trading day; today without it' })),
    limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 500, description: 'rows of a page' }),
    cursor: Type.Optional(Type.String({ maxLength: cursorLength, description: 'nextCursor of the page before' })),
  },
  { additionalProperties: false },
);

/** What is complete and what is missing, derived at each request; asks no vendor. */
export function addCoverage(app: HttpApp, { service, clock, source }: HttpApiDependencies): void {
  const wanted = ({ symbols, interval, adjusted, from, to, source: other }: CoverageRequest) => ({
    symbols: symbols?.map((symbol) => parseSymbol(symbol)),
    interval,
    source: other ?? source(),
    adjustment: adjusted ? ('adjusted' as const) : ('raw' as const),
    from,
    to: to ?? isoInstant(clock.now()).slice(0, 10),
  });
  app.get(
    '/api/v1/coverage',
    {
      schema: {
        tags,
        operationId: 'listCoverage',
        summary: 'what is known of each session, by symbol and oldest first',
        querystring: query,
        response: answers(200, pageOf(coverageSchema)),
      },
    },
    async ({ query }) => {
      const rows = await service.coverage(wanted(query));
      const rest = after(rows, positionOf('coverage', query.cursor, ['', '']), (row) => [row.symbol, row.session]);
      return pageOfRows(rest, query.limit, coverageRow, ({ symbol, session }) =>
        cursorOf('coverage', [symbol, session]),
      );
    },
  );
  app.get(
    '/api/v1/gaps',
    {
      schema: {
        tags,
        operationId: 'listGaps',
        summary: 'pending sessions, those that follow each other in one, and what each hole would cost in calls',
        querystring: query,
        response: answers(200, pageOf(gapSchema)),
      },
    },
    async ({ query }) => {
      const holes = await service.gaps(wanted(query));
      const rest = after(holes, positionOf('gaps', query.cursor, ['', '']), (gap) => [gap.symbol, gap.lastSession]);
      return pageOfRows(rest, query.limit, gapRow, ({ symbol, lastSession }) =>
        cursorOf('gaps', [symbol, lastSession]),
      );
    },
  );
}

interface CoverageRequest {
  readonly symbols?: readonly string[];
  readonly interval: Interval;
  readonly adjusted: boolean;
  readonly source?: string;
  readonly from: string;
  readonly to?: string;
}

/** What follows the place of a cursor: of its symbol what is later, and all of the symbols that come after. */
function after<T>(
  rows: readonly T[],
  place: readonly [string, string] | undefined,
  placeOf: (row: T) => readonly [symbol: string, day: string],
): readonly T[] {
  if (place === undefined) return rows;
  const [symbol, day] = place;
  const last = rows.findLastIndex((row) => placeOf(row)[0] === symbol && placeOf(row)[1] <= day);
  if (last >= 0) return rows.slice(last + 1);
  // Everything of the symbol up to there has gone: it goes on with what is left of it.
  const next = rows.findIndex((row) => placeOf(row)[0] === symbol);
  if (next >= 0) return rows.slice(next);
  throw refusal('invalidCursor', 'the cursor is of other symbols: use nextCursor with the same parameters');
}
