import { parseSymbol, type StoredQuarantine } from '@quantumtrade/shared-types';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, type Streams, table, write, writeJsonArray } from './output.ts';

export interface QuarantineOptions {
  readonly symbol?: string;
  readonly json?: boolean;
}

type Field = (typeof fields)[number];

const fields = ['open', 'high', 'low', 'close', 'adjustedClose', 'volume'] as const;

/** `quarantine`: the rejected rows in the vendor's own words. */
export async function quarantine(
  application: Application,
  streams: Streams,
  options: QuarantineOptions,
): Promise<ExitStatus> {
  const symbol = options.symbol === undefined ? undefined : parseSymbol(options.symbol);
  const rows = await rejectedRows(application, symbol);
  if (options.json === true) await writeJsonArray(streams.out, rows);
  else if (rows.length === 0) {
    await note(streams.error, `nothing is in quarantine${symbol === undefined ? '' : ` for ${symbol}`}`);
  } else await write(streams.out, quarantineTable(rows));
  return exitStatus.succeeded;
}

async function rejectedRows({ daemon, databaseManager }: Application, symbol?: string): Promise<QuarantineRow[]> {
  if (daemon !== undefined) return await daemon.list('/api/v1/quarantine', { symbol }, { page: 1000 });
  await databaseManager.runMigrations();
  return (await databaseManager.clickhouse.getQuarantine({ symbol })).map(quarantineRow);
}

/** A rejected row as `--json` prints it. */
interface QuarantineRow extends Readonly<Record<Field, string | null>> {
  readonly symbol: string;
  readonly interval: string;
  readonly source: string;
  readonly adjustment: string;
  readonly label: string;
  readonly qualityScore: number;
  readonly brokenRules: readonly string[];
  readonly quarantinedAt: string;
  readonly batchId: string;
}

/** A rejected row as `quarantine --json` prints it. */
export function quarantineRow(row: StoredQuarantine): QuarantineRow {
  return {
    symbol: row.symbol,
    interval: row.interval,
    source: row.source,
    adjustment: row.adjustment,
    label: row.label,
    ...(Object.fromEntries(fields.map((field) => [field, row.values[field] ?? null])) as Record<Field, string | null>),
    qualityScore: row.qualityScore,
    brokenRules: row.brokenRules,
    quarantinedAt: isoInstant(row.quarantinedAt),
    batchId: row.batchId,
  };
}

function quarantineTable(rows: readonly QuarantineRow[]): string {
  return table(
    ['symbol', 'interval', 'label', 'open', 'high', 'low', 'close', 'volume', 'score', 'broken rules'],
    rows.map((row) => [
      row.symbol,
      row.interval,
      row.label,
      ...(['open', 'high', 'low', 'close', 'volume'] as const).map((field) => row[field] ?? ''),
      String(row.qualityScore),
      row.brokenRules.join(', '),
    ]),
    ['open', 'high', 'low', 'close', 'volume', 'score'],
  );
}
