import { parseSymbol, quarantineLabelLength } from '@quantumtrade/shared-types';
import { Type } from 'typebox';
import { recordRow } from '../../cli/batches.ts';
import { errorRow } from '../../cli/collect.ts';
import { isoInstant } from '../../cli/output.ts';
import { quarantineRow } from '../../cli/quarantine.ts';
import { quotaRow } from '../../cli/quota.ts';
import { cursorOf, positionOf } from '../cursor.ts';
import type { HttpApiDependencies } from '../dependencies.ts';
import { answers, type HttpApp } from '../http-app.ts';
import { pageOfRows } from '../page-of-rows.ts';
import { pageParameters } from '../parameters.ts';
import { batchSchema, failureSchema, quarantineSchema, quotaSchema } from '../schemas/records.ts';
import { pageOf, ref } from '../schemas/schema.ts';

const tags = ['records'];

const pageQuery = Type.Object(
  {
    symbol: Type.Optional(Type.String({ description: 'of one symbol', examples: ['AAPL'] })),
    ...pageParameters({ most: 1000, usual: 100 }),
  },
  { additionalProperties: false },
);

/** What was collected, what was rejected, what failed, and what is left of the vendor's limits. */
export function addRecords(app: HttpApp, dependencies: HttpApiDependencies): void {
  const { service, databaseManager, clock, quota, errors, redact } = dependencies;
  app.get(
    '/api/v1/quarantine',
    {
      schema: {
        tags,
        operationId: 'listQuarantine',
        summary: 'rejected rows in the words of the vendor, oldest first',
        querystring: pageQuery,
        response: answers(200, pageOf(quarantineSchema)),
      },
    },
    async ({ query }) => {
      const at = positionOf('quarantine', query.cursor, [0, '', '', '']);
      const rows = await databaseManager.clickhouse.getQuarantine({
        symbol: symbolOf(query.symbol),
        after: at && { quarantinedAt: at[0], batchId: at[1], label: at[2], rowId: at[3] },
        limit: query.limit + 1,
      });
      return pageOfRows(rows, query.limit, quarantineRow, (last) =>
        cursorOf('quarantine', [last.quarantinedAt, last.batchId, beginning(last.label), last.rowId]),
      );
    },
  );
  app.get(
    '/api/v1/batches',
    {
      schema: {
        tags,
        operationId: 'listBatches',
        summary: 'what became of each collection, newest first',
        querystring: pageQuery,
        response: answers(200, pageOf(batchSchema)),
      },
    },
    async ({ query }) => {
      const at = positionOf('batches', query.cursor, [0, '']);
      const records = await service.collections({
        symbol: symbolOf(query.symbol),
        after: at && { acceptedAt: at[0], batchId: at[1] },
        limit: query.limit + 1,
      });
      return pageOfRows(records, query.limit, recordRow, (last) =>
        cursorOf('batches', [last.acceptedAt, last.batchId]),
      );
    },
  );
  if (errors !== undefined) {
    app.get(
      '/api/v1/errors',
      {
        schema: {
          tags,
          operationId: 'listErrors',
          summary: 'failures of the last 24 hours in this process, newest first',
          querystring: pageQuery,
          response: answers(200, pageOf(failureSchema)),
        },
      },
      async ({ query }) => {
        const symbol = symbolOf(query.symbol);
        const [after = Number.POSITIVE_INFINITY] = positionOf('errors', query.cursor, [0]) ?? [];
        const entries = errors
          .newest(clock.now())
          .filter((entry) => entry.sequence < after && (symbol === undefined || entry.symbol === symbol));
        return pageOfRows(
          entries,
          query.limit,
          ({ at, operation, attempt, symbol: of = null, interval = null, error }) => ({
            at: isoInstant(at),
            operation,
            attempt,
            symbol: of,
            interval,
            ...errorRow(error),
            message: redact(error.message),
          }),
          (last) => cursorOf('errors', [last.sequence]),
        );
      },
    );
  }
  if (quota === undefined) return;
  app.get(
    '/api/v1/quota',
    {
      schema: {
        tags,
        operationId: 'getQuota',
        summary: "what is used and left of the key's limits",
        response: answers(200, ref(quotaSchema)),
      },
    },
    async () => quotaRow(await quota(), clock.now()),
  );
}

function symbolOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : parseSymbol(text);
}

/** What of a label has a say in the order of rejected rows; a cursor must not grow with the rest. */
function beginning(label: string): string {
  return [...label.slice(0, 2 * quarantineLabelLength)].slice(0, quarantineLabelLength).join('');
}
