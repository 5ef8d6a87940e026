import {
  type BarBatch,
  type BatchIdentity,
  barTextAt,
  brokenRulesAt,
  type DecimalColumn,
  decimalTextAt,
} from '@quantumtrade/shared-types';
import { sessionDateText } from './session-date.ts';

const decimals = ['open', 'high', 'low', 'close', 'adjustedClose', 'volume'] as const;

/**
 * The bars of a batch from a row on as JSON, for {@link barsOfJson}: what they share once, and columns. Numbers go as their
 * bytes in base64, decimals as whole units with their scale: it is done for each collection, and printing every value took
 * thirty times as long.
 */
export function barsAsJson(batch: BarBatch, identity: BatchIdentity, from: number): string {
  const { openTime, sessionDate, qualityScore, brokenRules } = batch;
  const columns: KeptColumns = {
    openTime: packed(openTime.subarray(from)),
    sessionDate: packed(sessionDate.subarray(from)),
    qualityScore: packed(qualityScore.subarray(from)),
    brokenRules: brokenRules && { ...brokenRules, index: packed(brokenRules.index.subarray(from)) },
    ...Object.fromEntries(decimals.map((name) => [name, batch[name] && packedDecimals(batch[name], from)])),
  };
  return JSON.stringify({ common: commonOf(batch, identity), columns });
}

function packedDecimals({ scale, units }: DecimalColumn, from: number): KeptDecimals {
  return { scale, units: units instanceof Float64Array ? packed(units.subarray(from)) : units.slice(from).map(String) };
}

function packed({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** One bar of a batch as the JSON of a stored bar. */
export function barAsJson(batch: BarBatch, identity: BatchIdentity, row: number): string {
  const { open, high, low, close, adjustedClose = null, volume = null } = barTextAt(batch, row);
  return JSON.stringify({
    ...commonOf(batch, identity),
    openTime: batch.openTime[row],
    sessionDate: sessionDateText(batch.sessionDate[row] as number),
    ...{ open, high, low, close, adjustedClose, volume },
    qualityScore: batch.qualityScore[row],
    brokenRules: brokenRulesAt(batch, row),
  });
}

/**
 * The bars that {@link barsAsJson} was given; none for other JSON.
 *
 * @throws SyntaxError for what is no JSON, RangeError or TypeError for columns that are not of that form.
 */
export function barsOfJson(text: string): readonly unknown[] {
  const { common, columns } = (JSON.parse(text) ?? {}) as { readonly common?: object; readonly columns?: KeptColumns };
  if (columns === undefined) return [];
  const { brokenRules } = columns;
  const sessionDate = new Int32Array(unpacked(columns.sessionDate));
  const qualityScore = new Uint8Array(unpacked(columns.qualityScore));
  const rules = brokenRules && new Uint16Array(unpacked(brokenRules.index));
  const kept = decimals.map((name) => [name, columns[name] && unpackedDecimals(columns[name])] as const);
  return Array.from(new Float64Array(unpacked(columns.openTime)), (openTime, row) => ({
    ...common,
    openTime,
    sessionDate: sessionDateText(sessionDate[row] as number),
    ...Object.fromEntries(kept.map(([name, column]) => [name, column ? decimalTextAt(column, row) : null])),
    qualityScore: qualityScore[row],
    brokenRules: brokenRules?.combinations[rules?.[row] as number] ?? [],
  }));
}

function unpackedDecimals({ scale, units }: KeptDecimals): DecimalColumn {
  return { scale, units: typeof units === 'string' ? new Float64Array(unpacked(units)) : units.map(BigInt) };
}

function unpacked(base64: string): ArrayBuffer {
  // A copy: what Buffer gives may lie anywhere within memory that it shares.
  return new Uint8Array(Buffer.from(base64, 'base64')).buffer;
}

/** Columns as they are kept; what another program left under a key can be anything. */
interface KeptColumns extends Readonly<Partial<Record<(typeof decimals)[number], KeptDecimals | undefined>>> {
  readonly openTime: string;
  readonly sessionDate: string;
  readonly qualityScore: string;
  readonly brokenRules: { readonly combinations: readonly (readonly string[])[]; readonly index: string } | undefined;
}

interface KeptDecimals {
  readonly scale: number;
  /** Each as text where they are no safe integers. */
  readonly units: string | readonly string[];
}

function commonOf({ series, barLabel, lastRefreshed }: BarBatch, { acceptedAt, batchId }: BatchIdentity): object {
  return { ...series, barLabel, lastRefreshed, ingestedAt: acceptedAt, batchId };
}
