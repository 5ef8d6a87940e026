import { parseSymbol } from '@quantumtrade/shared-types';
import { Type } from 'typebox';
import { recordRow } from '../../cli/batches.ts';
import { errorRow } from '../../cli/collect.ts';
import { isoInstant } from '../../cli/output.ts';
import { quarantineRow } from '../../cli/quarantine.ts';
import { quotaRow } from '../../cli/quota.ts';
import { positionOf } from '../cursor.ts';
import type { HttpApiDependencies } from '../dependencies.ts';
import { answers, type HttpApp } from '../http-app.ts';
import { pageAt } from '../page-at.ts';
import { anyObject, pageOf, quarantineSchema } from '../schemas.ts';

const tags = ['records'];

const pageQuery = Type.Object(
  {
    symbol: Type.Optional(Type.String({ description: 'of one symbol' })),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'rows of a page' }),
    cursor: Type.Optional(Type.String({ maxLength: 64, description: 'nextCursor of the page before' })),
  },
  { additionalProperties: false },
);

/** What was collected, what was rejected, what failed, and what is left of the vendor's limits. */
export function addRecords(app: HttpApp, dependencies: HttpApiDependencies): void {
  const { databaseManager, clock, quota, errors, redact } = dependencies;
  app.get(
    '/api/v1/quarantine',
    {
      schema: {
        tags,
        summary: 'rejected rows in the words of the vendor, oldest first',
        querystring: pageQuery,
        response: answers(200, pageOf(quarantineSchema)),
      },
    },
    async ({ query }) => {
      const rows = await databaseManager.clickhouse.getQuarantine({ symbol: symbolOf(query.symbol) });
      return pageAt(rows, query, quarantineRow);
    },
  );
  app.get(
    '/api/v1/batches',
    {
      schema: {
        tags,
        summary: 'what became of each collection, newest first',
        querystring: pageQuery,
        response: answers(200, pageOf(anyObject)),
      },
    },
    async ({ query }) => {
      const limit = (positionOf(query.cursor) ?? 0) + query.limit + 1;
      const records = await databaseManager.clickhouse.getCollections({ symbol: symbolOf(query.symbol), limit });
      return pageAt(records, query, recordRow);
    },
  );
  if (errors !== undefined) {
    app.get(
      '/api/v1/errors',
      {
        schema: {
          tags,
          summary: 'failures of the last 24 hours in this process, newest first',
          querystring: pageQuery,
          response: answers(200, pageOf(anyObject)),
        },
      },
      async ({ query }) => {
        const symbol = symbolOf(query.symbol);
        const entries = errors.newest(clock.now()).filter((entry) => symbol === undefined || entry.symbol === symbol);
        return pageAt(entries, query, ({ at, operation, attempt, symbol: of = null, interval = null, error }) => ({
          at: isoInstant(at),
          operation,
          attempt,
          symbol: of,
          interval,
          ...errorRow(error),
          message: redact(error.message),
        }));
      },
    );
  }
  if (quota === undefined) return;
  app.get(
    '/api/v1/quota',
    { schema: { tags, summary: "what is used and left of the key's limits", response: answers(200, anyObject) } },
    async () => quotaRow(await quota(), clock.now()),
  );
}

function symbolOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : parseSymbol(text);
}
