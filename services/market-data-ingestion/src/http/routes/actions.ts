import { createHash } from 'node:crypto';
import {
  type CorporateActionKind,
  corporateActionKinds,
  parseSymbol,
  type StoredRejectedAction,
} from '@quantumtrade/shared-types';
import { Type } from 'typebox';
import { actionRow, parseDate, rejectedActionRow } from '../../cli/actions.ts';
import { collectedActionsRow } from '../../cli/collect-actions.ts';
import { parseInstant } from '../../cli/parse-options.ts';
import type { HttpApiDependencies } from '../dependencies.ts';
import { answers, type HttpApp } from '../http-app.ts';
import { type ListForm, pageAfter } from '../page-after.ts';
import { pageParameters, sourceParameter } from '../parameters.ts';
import { actionSchema, collectedActionsSchema, rejectedActionSchema } from '../schemas/actions.ts';
import { pageOf, ref } from '../schemas/schema.ts';

const tags = ['corporate actions'];

const kind = Type.Unsafe<CorporateActionKind>({ type: 'string', enum: [...corporateActionKinds] });
const params = Type.Object({ symbol: Type.String({ description: 'such as AAPL or TSCO.LON', examples: ['AAPL'] }) });

const actionsQuery = Type.Object(
  {
    kind: Type.Optional(kind),
    source: sourceParameter,
    from: Type.Optional(Type.String({ description: 'first ex-date, YYYY-MM-DD' })),
    to: Type.Optional(Type.String({ description: 'last ex-date' })),
    asOf: Type.Optional(Type.String({ description: 'as it was stored at that instant; UTC without an offset' })),
    allVersions: Type.Boolean({ default: false, description: 'every stored version, withdrawals too' }),
    ...pageParameters(),
  },
  { additionalProperties: false },
);

const rejectedQuery = Type.Object(
  { symbol: Type.Optional(Type.String({ description: 'of one symbol' })), ...pageParameters() },
  { additionalProperties: false },
);

const body = Type.Object({ kind }, { additionalProperties: false, examples: [{ kind: 'dividend' }] });

const rejectedList: ListForm<StoredRejectedAction, object> = {
  list: 'rejected-actions',
  row: rejectedActionRow,
  // A row has no id; one with the same text and rules is never stored twice.
  keyOf: ({ rejectedAt, ...row }) => [rejectedAt, createHash('sha256').update(JSON.stringify(row)).digest('base64url')],
  example: [0, ''],
};

/** Dividends and splits: reading what is stored, what was rejected, and collecting a list now. */
export function addActions(app: HttpApp, { service, databaseManager, source }: HttpApiDependencies): void {
  const { corporateActions } = databaseManager;
  app.get(
    '/api/v1/actions/:symbol',
    {
      schema: {
        tags,
        operationId: 'listActions',
        summary: 'stored dividends and splits, oldest day first',
        params,
        querystring: actionsQuery,
        response: answers(200, pageOf(actionSchema)),
      },
    },
    async ({ params: { symbol }, query }) => {
      const wanted = {
        symbol: parseSymbol(symbol),
        source: query.source ?? source(),
        kind: query.kind,
        from: parseDate('from', query.from),
        to: parseDate('to', query.to),
        asOf: parseInstant('asOf', query.asOf),
      };
      const found = query.allVersions
        ? await corporateActions.getCorporateActionVersions(wanted)
        : await corporateActions.getCorporateActions(wanted);
      return pageAfter(found, query, {
        list: query.allVersions ? 'action-versions' : 'actions',
        row: actionRow,
        // Among the newest ones, a version that comes meanwhile is in the place of the one before.
        keyOf: ({ exDate, kind, place, ingestedAt, batchId }) => [
          ...[exDate, kind, place],
          ...(query.allVersions ? [ingestedAt, batchId] : [0, '']),
        ],
        example: ['', '', 0, 0, ''],
      });
    },
  );
  app.get(
    '/api/v1/rejected-actions',
    {
      schema: {
        tags,
        operationId: 'listRejectedActions',
        summary: 'rejected rows of corporate actions in the words of the vendor, oldest first',
        querystring: rejectedQuery,
        response: answers(200, pageOf(rejectedActionSchema)),
      },
    },
    async ({ query }) => {
      const symbol = query.symbol === undefined ? undefined : parseSymbol(query.symbol);
      return pageAfter(await corporateActions.getRejectedActions({ symbol }), query, rejectedList);
    },
  );
  app.post(
    '/api/v1/actions/:symbol',
    {
      schema: {
        tags,
        operationId: 'collectActions',
        summary: 'collects the dividends or the splits of a symbol now, and answers when they are stored',
        params,
        body,
        response: answers(200, ref(collectedActionsSchema)),
      },
    },
    async ({ params: { symbol }, body: { kind: wanted } }) =>
      collectedActionsRow(await service.collectCorporateActions(symbol, wanted)),
  );
}
