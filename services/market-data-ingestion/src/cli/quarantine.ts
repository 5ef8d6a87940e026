import { parseSymbol, type StoredQuarantine } from '@quantumtrade/shared-types';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, type Streams, table, write, writeJsonArray } from './output.ts';

export interface QuarantineOptions {
  readonly symbol?: string;
  readonly json?: boolean;
}

const fields = ['open', 'high', 'low', 'close', 'adjustedClose', 'volume'] as const;

/** `quarantine`: the rejected rows in the vendor's own words. */
export async function quarantine(
  { databaseManager }: Application,
  streams: Streams,
  options: QuarantineOptions,
): Promise<ExitStatus> {
  const symbol = options.symbol === undefined ? undefined : parseSymbol(options.symbol);
  await databaseManager.runMigrations();
  const rows = await databaseManager.clickhouse.getQuarantine({ symbol });
  if (options.json === true) await writeJsonArray(streams.out, rows.map(quarantineRow));
  else if (rows.length === 0) {
    await note(streams.error, `nothing is in quarantine${symbol === undefined ? '' : ` for ${symbol}`}`);
  } else await write(streams.out, quarantineTable(rows));
  return exitStatus.succeeded;
}

/** A rejected row as `quarantine --json` prints it. */
export function quarantineRow(row: StoredQuarantine): Record<string, unknown> {
  return {
    symbol: row.symbol,
    interval: row.interval,
    source: row.source,
    adjustment: row.adjustment,
    label: row.label,
    ...Object.fromEntries(fields.map((field) => [field, row.values[field] ?? null])),
    qualityScore: row.qualityScore,
    brokenRules: row.brokenRules,
    quarantinedAt: isoInstant(row.quarantinedAt),
    batchId: row.batchId,
  };
}

function quarantineTable(rows: readonly StoredQuarantine[]): string {
  return table(
    ['symbol', 'interval', 'label', 'open', 'high', 'low', 'close', 'volume', 'score', 'broken rules'],
    rows.map((row) => [
      row.symbol,
      row.interval,
      row.label,
      ...(['open', 'high', 'low', 'close', 'volume'] as const).map((field) => row.values[field] ?? ''),
      String(row.qualityScore),
      row.brokenRules.join(', '),
    ]),
    ['open', 'high', 'low', 'close', 'volume', 'score'],
  );
}
