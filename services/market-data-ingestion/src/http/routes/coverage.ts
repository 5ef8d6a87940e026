import { type Interval, intervals, parseSymbol } from '@quantumtrade/shared-types';
import { Type } from 'typebox';
import { coverageRow, gapRow } from '../../cli/coverage-rows.ts';
import { isoInstant } from '../../cli/output.ts';
import type { CoverageQuery } from '../../coverage/coverage-ledger.ts';
import { cursorOf, positionOf } from '../cursor.ts';
import type { HttpApiDependencies } from '../dependencies.ts';
import { answers, type HttpApp } from '../http-app.ts';
import { pageOfRows } from '../page-of-rows.ts';
import { pageParameters, sourceParameter } from '../parameters.ts';
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
    source: sourceParameter,
    from: Type.String({ description: 'first trading day, YYYY-MM-DD', examples: ['2024-01-02'] }),
    to: Type.Optional(Type.String({ description: 'last trading day; today without it' })),
    ...pageParameters(),
  },
  { additionalProperties: false },
);

/** What is complete and what is missing, derived at each request; asks no vendor. */
export function addCoverage(app: HttpApp, { service, clock, databaseManager, source }: HttpApiDependencies): void {
  const wanted = async ({ symbols, interval, adjusted, from, to, source: other }: CoverageRequest) => {
    const series = {
      interval,
      source: other ?? source(),
      adjustment: adjusted ? ('adjusted' as const) : ('raw' as const),
    };
    return {
      ...series,
      symbols:
        symbols === undefined
          ? await databaseManager.coverage.storedSymbols(series)
          : [...new Set(symbols.map((symbol) => parseSymbol(symbol)))],
      from,
      to: to ?? isoInstant(clock.now()).slice(0, 10),
    };
  };
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
      const place = positionOf('coverage', query.cursor, ['', '']);
      const rest = await rowsAfter(await wanted(query), query, place, {
        sessionsAtOnce: 10_000,
        rowsOf: (some) => service.coverage(some),
        dayOf: ({ session }) => session,
      });
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
      const place = positionOf('gaps', query.cursor, ['', '']);
      const rest = await rowsAfter(await wanted(query), query, place, {
        // Most are in no hole, and a page may take those of many symbols.
        sessionsAtOnce: 100_000,
        rowsOf: (some) => service.gaps(some),
        dayOf: ({ lastSession }) => lastSession,
      });
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
  readonly limit: number;
}

/** A list of coverage: what it makes of some symbols, by symbol and oldest first. */
interface CoverageList<T> {
  /** About so many are judged at once: those of all symbols over decades would fill the memory. */
  readonly sessionsAtOnce: number;
  readonly rowsOf: (query: CoverageQuery) => Promise<readonly T[]>;
  readonly dayOf: (row: T) => string;
}

const dayMs = 86_400_000;

/**
 * What follows the place of a cursor, up to one row more than fits on the page: of its symbol what is later, and then the
 * symbols that come after. Its own row may have gone meanwhile, as a hole does that was filled.
 */
async function rowsAfter<T extends { readonly symbol: string }>(
  wanted: CoverageQuery & { readonly symbols: readonly string[] },
  request: Pick<CoverageRequest, 'symbols' | 'limit'>,
  place: readonly [symbol: string, day: string] | undefined,
  { sessionsAtOnce, rowsOf, dayOf }: CoverageList<T>,
): Promise<T[]> {
  const symbols = symbolsFrom(wanted.symbols, request.symbols !== undefined, place?.[0]);
  const days = (Date.parse(wanted.to) - Date.parse(wanted.from)) / dayMs + 1;
  // What is no date is refused at the first symbol.
  const symbolsAtOnce = days >= 1 ? Math.max(1, Math.floor(sessionsAtOnce / days)) : 1;
  const rows: T[] = [];
  for (let at = 0; at < symbols.length && rows.length <= request.limit; at += symbolsAtOnce) {
    const found = await rowsOf({ ...wanted, symbols: symbols.slice(at, at + symbolsAtOnce) });
    for (const row of found) if (row.symbol !== place?.[0] || dayOf(row) > place[1]) rows.push(row);
  }
  return rows;
}

/** The symbols of a list from that of a cursor on; those that were not named come in the order of their names. */
function symbolsFrom(symbols: readonly string[], named: boolean, first: string | undefined): readonly string[] {
  if (first === undefined) return symbols;
  if (!named) return symbols.filter((symbol) => symbol >= first);
  const at = symbols.indexOf(first);
  if (at >= 0) return symbols.slice(at);
  throw refusal('invalidCursor', 'the cursor is of other symbols: use nextCursor with the same parameters');
}
