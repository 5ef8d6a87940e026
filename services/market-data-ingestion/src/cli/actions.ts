import {
  type CorporateActionQuery,
  parseSymbol,
  type StoredCorporateAction,
  type StoredRejectedAction,
} from '@quantumtrade/shared-types';
import { parseActionKind } from '../collection/action-collection.ts';
import { activeSource } from '../vendors/registry.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, type Streams, table, write, writeJsonArray } from './output.ts';
import { parseInstant, parseSource, refused } from './parse-options.ts';

export interface ActionsOptions {
  readonly kind?: string;
  readonly source?: string;
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: string;
  readonly allVersions?: boolean;
  readonly rejected?: boolean;
  readonly json?: boolean;
}

/** `actions <symbol>`: stored dividends and splits, oldest day first, as they are or as of an instant. */
export async function actions(
  application: Application,
  streams: Streams,
  text: string,
  options: ActionsOptions,
): Promise<ExitStatus> {
  const { configuration } = application;
  const symbol = parseSymbol(text);
  const query = {
    symbol,
    source: parseSource(options.source ?? activeSource(configuration)),
    kind: options.kind === undefined ? undefined : parseActionKind(options.kind),
    from: parseDate('--from', options.from),
    to: parseDate('--to', options.to),
    asOf: parseInstant('--as-of', options.asOf),
  };
  if (application.daemon === undefined) await application.databaseManager.runMigrations();
  if (options.rejected === true) return await printRejected(await rejectedOf(application, symbol), streams, options);
  const found = await actionsOf(application, query, options);
  if (options.json === true) await writeJsonArray(streams.out, found);
  else if (found.length === 0) {
    const then = query.asOf === undefined ? '' : ` as of ${isoInstant(query.asOf)}`;
    const next = `collect them with: market-data collect-actions ${symbol}`;
    await note(streams.error, `no corporate actions of ${symbol} from ${query.source} are stored${then}; ${next}`);
  } else await write(streams.out, actionTable(found, options.allVersions === true));
  return exitStatus.succeeded;
}

async function actionsOf(
  { daemon, databaseManager: { corporateActions } }: Application,
  query: CorporateActionQuery,
  { source, allVersions = false }: ActionsOptions,
): Promise<ActionRow[]> {
  if (daemon !== undefined) {
    const { symbol, kind, from, to, asOf } = query;
    return await daemon.list<ActionRow>(
      `/api/v1/actions/${encodeURIComponent(symbol)}`,
      // Which source is active is for the daemon to say: it may have a key that this process has not.
      { kind, from, to, source, allVersions, asOf: asOf === undefined ? undefined : isoInstant(asOf) },
      { page: 10_000 },
    );
  }
  const found = allVersions
    ? await corporateActions.getCorporateActionVersions(query)
    : await corporateActions.getCorporateActions(query);
  return found.map(actionRow);
}

async function rejectedOf({ daemon, databaseManager }: Application, symbol: string): Promise<RejectedRow[]> {
  if (daemon !== undefined) return await daemon.list('/api/v1/rejected-actions', { symbol }, { page: 10_000 });
  return (await databaseManager.corporateActions.getRejectedActions({ symbol })).map(rejectedActionRow);
}

/** A date of an ex-date's form. @throws ServiceError, reason `invalidOption`. */
export function parseDate(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const instant = /^(19|2[0-2])\d\d-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text)) return text;
  throw refused(`${option} takes a date such as 2024-01-02`);
}

/** An action as `actions --json` prints it: exact decimals as text, what is absent is `null`, instants in UTC. */
interface ActionRow {
  readonly symbol: string;
  readonly source: string;
  readonly kind: string;
  readonly exDate: string;
  readonly place: number;
  readonly value: string;
  readonly declarationDate: string | null;
  readonly recordDate: string | null;
  readonly paymentDate: string | null;
  readonly withdrawn: boolean;
  readonly ingestedAt: string;
  readonly batchId: string;
}

/** The stable row of an action. */
export function actionRow(action: StoredCorporateAction): ActionRow {
  return {
    symbol: action.symbol,
    source: action.source,
    kind: action.kind,
    exDate: action.exDate,
    place: action.place,
    value: action.value,
    declarationDate: action.declarationDate ?? null,
    recordDate: action.recordDate ?? null,
    paymentDate: action.paymentDate ?? null,
    withdrawn: action.withdrawn,
    ingestedAt: isoInstant(action.ingestedAt),
    batchId: action.batchId,
  };
}

function actionTable(found: readonly ActionRow[], withVersions: boolean): string {
  const rows = found.map((action) => [
    action.exDate,
    action.kind,
    action.value,
    action.declarationDate ?? '',
    action.recordDate ?? '',
    action.paymentDate ?? '',
    action.ingestedAt,
    ...(withVersions ? [action.withdrawn ? 'withdrawn' : ''] : []),
  ]);
  const head = ['ex-date', 'kind', 'value', 'declared', 'record', 'payment', 'stored (UTC)'];
  return table(withVersions ? [...head, ''] : head, rows, ['value']);
}

type RejectedRow = Omit<StoredRejectedAction, 'rejectedAt'> & { readonly rejectedAt: string };

/** The stable row of a rejected one. */
export function rejectedActionRow({ rejectedAt, ...row }: StoredRejectedAction): RejectedRow {
  return { ...row, rejectedAt: isoInstant(rejectedAt) };
}

async function printRejected(
  rows: readonly RejectedRow[],
  streams: Streams,
  { json }: ActionsOptions,
): Promise<ExitStatus> {
  if (json === true) await writeJsonArray(streams.out, rows);
  else if (rows.length === 0) await note(streams.error, 'no row of corporate actions was rejected');
  else {
    const cells = rows.map((row) => [
      row.rejectedAt,
      row.source,
      row.kind,
      row.brokenRules.join(', '),
      JSON.stringify(row.values),
    ]);
    await write(streams.out, table(['rejected (UTC)', 'source', 'kind', 'broken rules', 'row'], cells));
  }
  return exitStatus.succeeded;
}
