import { endianness } from 'node:os';
import {
  type BarBatch,
  type BatchIdentity,
  barTextAt,
  brokenRulesAt,
  type DecimalColumn,
  decimalTextAt,
} from '@quantumtrade/shared-types';
import { earliestDay, endDay } from '../processors/label-reader.ts';
import { dayMs } from '../processors/local-time.ts';
import { sessionDateText } from './session-date.ts';

/** The bytes of numbers are in the order of the machine that wrote them. */
const format = `columns 1, ${endianness()}`;

const decimals = ['open', 'high', 'low', 'close', 'adjustedClose', 'volume'] as const;

/**
 * The bars of a batch from a row on as JSON, for {@link barsOfJson}: what they share once, and columns. Numbers go as their
 * bytes in base64, decimals as whole units with their scale: it is done for each collection, and printing every value took
 * six times as long.
 */
export function barsAsJson(batch: BarBatch, identity: BatchIdentity, from: number): string {
  const { openTime, sessionDate, qualityScore, brokenRules } = batch;
  const columns: KeptColumns = {
    format,
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
 * The bars that {@link barsAsJson} was given; none for any other JSON, whatever another program left there.
 *
 * @throws SyntaxError for what is no JSON.
 */
export function barsOfJson(text: string): readonly unknown[] {
  const { common, columns } = (JSON.parse(text) ?? {}) as { readonly common?: object; readonly columns?: KeptColumns };
  if (columns?.format !== format) return [];
  const openTime = unpacked(columns.openTime, Float64Array);
  const length = openTime?.length ?? 0;
  const sessionDate = unpacked(columns.sessionDate, Int32Array, length);
  const qualityScore = unpacked(columns.qualityScore, Uint8Array, length);
  const rules = rulesOf(columns.brokenRules, length);
  const kept = new Map(decimals.map((name) => [name, decimalsOf(columns[name], length)]));
  const hasPrices = ['open', 'high', 'low', 'close'].every((name) => kept.get(name as (typeof decimals)[number]));
  if (!openTime?.every(isStorable) || !sessionDate?.every((day) => isStorable(day * dayMs))) return [];
  if (qualityScore === undefined || rules === undefined || !hasPrices || [...kept.values()].includes(null)) return [];
  return Array.from(openTime, (at, row) => ({
    ...common,
    openTime: at,
    sessionDate: sessionDateText(sessionDate[row] as number),
    ...Object.fromEntries([...kept].map(([name, column]) => [name, column ? decimalTextAt(column, row) : null])),
    qualityScore: qualityScore[row],
    brokenRules: rules[row],
  }));
}

function isStorable(instant: number): boolean {
  return Number.isInteger(instant) && instant >= earliestDay * dayMs && instant < endDay * dayMs;
}

/** Decimals as they were kept: `undefined` for a column that is left out, `null` for what is none. */
function decimalsOf(kept: KeptDecimals | undefined, length: number): DecimalColumn | undefined | null {
  if (kept === undefined) return undefined;
  if (typeof kept !== 'object' || kept === null) return null;
  const { scale, units } = kept;
  if (!Number.isInteger(scale) || scale < 0 || scale > 18) return null;
  if (Array.isArray(units)) {
    const isWhole = units.length === length && units.every((unit) => typeof unit === 'string' && /^-?\d+$/.test(unit));
    return isWhole ? { scale, units: units.map(BigInt) } : null;
  }
  const numbers = unpacked(units, Float64Array, length);
  return numbers?.every(Number.isSafeInteger) ? { scale, units: numbers } : null;
}

/** The broken rules of each row; `undefined` for what are none. */
function rulesOf(kept: KeptColumns['brokenRules'], length: number): readonly (readonly string[])[] | undefined {
  if (kept === undefined) return Array.from({ length }, () => []);
  if (typeof kept !== 'object' || kept === null) return undefined;
  const index = unpacked(kept.index, Uint16Array, length);
  const isText = (rule: unknown): boolean => typeof rule === 'string';
  const { combinations } = kept;
  if (!Array.isArray(combinations) || !combinations.every((some) => Array.isArray(some) && some.every(isText)))
    return undefined;
  const rules = index && Array.from(index, (which) => combinations[which] as readonly string[] | undefined);
  return rules?.every((some) => some !== undefined) ? rules : undefined;
}

/** The numbers in a text; `undefined` where it does not hold as many as it should, or any number of whole ones. */
function unpacked<Numbers extends ArrayBufferView & { readonly length: number }>(
  base64: unknown,
  Kind: { new (memory: ArrayBuffer): Numbers; readonly BYTES_PER_ELEMENT: number },
  length?: number,
): Numbers | undefined {
  if (typeof base64 !== 'string') return undefined;
  // A copy: what Buffer gives may lie anywhere within memory that it shares.
  const { buffer, byteLength } = new Uint8Array(Buffer.from(base64, 'base64'));
  const isWhole = byteLength % Kind.BYTES_PER_ELEMENT === 0;
  return isWhole && (length === undefined || byteLength === length * Kind.BYTES_PER_ELEMENT)
    ? new Kind(buffer)
    : undefined;
}

/** Columns as they are kept. */
interface KeptColumns extends Readonly<Partial<Record<(typeof decimals)[number], KeptDecimals | undefined>>> {
  readonly format: string;
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
