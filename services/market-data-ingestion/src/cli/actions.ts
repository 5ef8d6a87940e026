import { parseSymbol, type StoredCorporateAction, type StoredRejectedAction } from '@quantumtrade/shared-types';
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
  { databaseManager, configuration }: Application,
  streams: Streams,
  text: string,
  options: ActionsOptions,
): Promise<ExitStatus> {
  const symbol = parseSymbol(text);
  const query = {
    symbol,
    source: parseSource(options.source ?? activeSource(configuration)),
    kind: options.kind === undefined ? undefined : parseActionKind(options.kind),
    from: parseDate('--from', options.from),
    to: parseDate('--to', options.to),
    asOf: parseInstant('--as-of', options.asOf),
  };
  await databaseManager.runMigrations();
  const { corporateActions: store } = databaseManager;
  if (options.rejected === true)
    return await printRejected(await store.getRejectedActions({ symbol }), streams, options);
  const found =
    options.allVersions === true
      ? await store.getCorporateActionVersions(query)
      : await store.getCorporateActions(query);
  if (options.json === true) await writeJsonArray(streams.out, found.map(actionRow));
  else if (found.length === 0) {
    const then = query.asOf === undefined ? '' : ` as of ${isoInstant(query.asOf)}`;
    const next = `collect them with: market-data collect-actions ${symbol}`;
    await note(streams.error, `no corporate actions of ${symbol} from ${query.source} are stored${then}; ${next}`);
  } else await write(streams.out, actionTable(found, options.allVersions === true));
  return exitStatus.succeeded;
}

function parseDate(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const instant = /^(19|2[0-2])\d\d-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text)) return text;
  throw refused(`${option} takes a date such as 2024-01-02`);
}

/** An action as `actions --json` prints it: exact decimals as text, what is absent is `null`. */
function actionRow(action: StoredCorporateAction): Record<string, unknown> {
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

function actionTable(found: readonly StoredCorporateAction[], withVersions: boolean): string {
  const rows = found.map((action) => [
    action.exDate,
    action.kind,
    action.value,
    action.declarationDate ?? '',
    action.recordDate ?? '',
    action.paymentDate ?? '',
    isoInstant(action.ingestedAt),
    ...(withVersions ? [action.withdrawn ? 'withdrawn' : ''] : []),
  ]);
  const head = ['ex-date', 'kind', 'value', 'declared', 'record', 'payment', 'stored (UTC)'];
  return table(withVersions ? [...head, ''] : head, rows, ['value']);
}

async function printRejected(
  rows: readonly StoredRejectedAction[],
  streams: Streams,
  { json }: ActionsOptions,
): Promise<ExitStatus> {
  const printed = rows.map(({ rejectedAt, ...row }) => ({ ...row, rejectedAt: isoInstant(rejectedAt) }));
  if (json === true) await writeJsonArray(streams.out, printed);
  else if (rows.length === 0) await note(streams.error, 'no row of corporate actions was rejected');
  else {
    const cells = printed.map((row) => [
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
