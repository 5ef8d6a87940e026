import { createHash } from 'node:crypto';
import {
  type BarJson,
  barJson,
  type Interval,
  intervals,
  type MarketDataQuery,
  parseSymbol,
} from '@quantumtrade/shared-types';
import { Type } from 'typebox';
import { parseBarTime, versionRow } from '../../cli/history.ts';
import { parseInstant } from '../../cli/parse-options.ts';
import { cursorOf, positionOf } from '../cursor.ts';
import type { HttpApiDependencies } from '../dependencies.ts';
import { answers, type HttpApp } from '../http-app.ts';
import { pageAfter } from '../page-after.ts';
import { pageOfRows } from '../page-of-rows.ts';
import { pageParameters, sourceParameter } from '../parameters.ts';
import { barSchema, barVersionSchema, latestSchema } from '../schemas/bars.ts';
import { pageOf } from '../schemas/schema.ts';

const tags = ['bars'];

const series = {
  interval: Type.Unsafe<Interval>({
    type: 'string',
    enum: [...intervals],
    description: 'length of a bar',
    examples: ['daily'],
  }),
  adjusted: Type.Boolean({ default: false, description: 'the adjusted series' }),
  source: sourceParameter,
};

const asOf = Type.Optional(Type.String({ description: 'as it was stored at that instant; UTC without an offset' }));
const params = Type.Object({
  symbol: Type.String({ description: 'a symbol; the slash of a pair is encoded', examples: ['AAPL'] }),
});

const rangeQuery = Type.Object(
  {
    ...series,
    asOf,
    from: Type.Optional(
      Type.String({ description: 'first open time, ISO 8601; UTC without an offset', examples: ['2024-01-02'] }),
    ),
    to: Type.Optional(Type.String({ description: 'last open time, included', examples: ['2024-01-31T21:00:00Z'] })),
    ...pageParameters({ rows: 'bars' }),
  },
  { additionalProperties: false },
);

const historyQuery = Type.Object(
  {
    ...series,
    at: Type.String({
      description: 'when the bar opens; a date alone is enough for daily bars and longer ones',
      examples: ['2024-01-02'],
    }),
    ...pageParameters({ rows: 'versions' }),
  },
  { additionalProperties: false },
);

const latestQuery = Type.Object({ ...series, asOf }, { additionalProperties: false });

/** A page whose rows are texts of JSON already: nobody here looks at 500 bars that the store has written out. */
function pageOfTexts({
  items,
  nextCursor,
}: {
  readonly items: readonly string[];
  readonly nextCursor: unknown;
}): string {
  return `{"items":[${items.join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`;
}

/** Reading stored bars. A symbol of which nothing is stored is no mistake: the answer is empty. */
export function addBars(app: HttpApp, { databaseManager, source }: HttpApiDependencies): void {
  const seriesOf = (
    symbol: string,
    query: Pick<MarketDataQuery, 'interval'> & { adjusted: boolean; source?: string; asOf?: string },
  ): MarketDataQuery => ({
    symbol: parseSymbol(symbol),
    interval: query.interval,
    source: query.source ?? source(),
    adjustment: query.adjusted ? 'adjusted' : 'raw',
    asOf: parseInstant('asOf', query.asOf),
  });

  app.get(
    '/api/v1/bars/:symbol',
    {
      serializerCompiler: ({ httpStatus }) => (httpStatus === '200' ? pageOfTexts : JSON.stringify),
      schema: {
        tags,
        operationId: 'listBars',
        summary: 'stored bars, oldest first, page by page',
        params,
        querystring: rangeQuery,
        response: answers(200, pageOf(barSchema)),
      },
    },
    async ({ params: { symbol }, query }) => {
      const [after] = positionOf('bars', query.cursor, [0]) ?? [];
      const { limit } = query;
      const bars = await databaseManager.clickhouse.getBarTexts({
        ...seriesOf(symbol, query),
        from: after === undefined ? parseInstant('from', query.from) : after + 1,
        to: parseInstant('to', query.to),
        limit: limit + 1,
      });
      return pageOfRows(
        bars,
        limit,
        (text) => text,
        (last) => cursorOf('bars', [Date.parse((JSON.parse(last) as BarJson).openTime)]),
      );
    },
  );

  app.get(
    '/api/v1/bars/:symbol/latest',
    {
      schema: {
        tags,
        operationId: 'getLatestBar',
        summary: 'the newest stored bar, or null; with an ETag',
        params,
        querystring: latestQuery,
        response: answers(200, latestSchema, {
          304: { type: 'null', description: 'it is still the one that if-none-match names' },
        }),
      },
    },
    async ({ params: { symbol }, query, headers }, reply) => {
      const [bar] = await databaseManager.clickhouse.getStoredBars({
        ...seriesOf(symbol, query),
        limit: 1,
        newest: true,
      });
      const answer = { bar: bar === undefined ? null : barJson(bar) };
      const tag = `"${createHash('sha256').update(JSON.stringify(answer)).digest('base64url').slice(0, 27)}"`;
      reply.header('etag', tag).header('cache-control', 'no-cache');
      if (matches(headers['if-none-match'], tag)) return await reply.code(304).send();
      return await reply.send(answer);
    },
  );

  app.get(
    '/api/v1/bars/:symbol/history',
    {
      schema: {
        tags,
        operationId: 'listBarVersions',
        summary: 'every stored version of one bar, oldest first',
        params,
        querystring: historyQuery,
        response: answers(200, pageOf(barVersionSchema)),
      },
    },
    async ({ params: { symbol }, query }) => {
      const openTime = parseBarTime('at', query.at, query.interval);
      const versions = await databaseManager.clickhouse.getBarHistory({ ...seriesOf(symbol, query), openTime });
      return pageAfter(versions, query, {
        list: 'history',
        row: versionRow,
        keyOf: ({ ingestedAt, batchId }) => [ingestedAt, batchId],
        example: [0, ''],
      });
    },
  );
}

/** Whether one of the tags that a client has is this one. */
function matches(header: string | undefined, tag: string): boolean {
  const tags = (header ?? '').split(',').map((part) => part.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(tag);
}
