import { endianness } from 'node:os';
import {
  type BarBatch,
  type BatchIdentity,
  type DecimalColumn,
  decimalTextAt,
  type Series,
  type StoredBar,
  storedBarAt,
} from '@quantumtrade/shared-types';
import { earliestDay, endDay } from '../processors/label-reader.ts';
import { dayMs } from '../processors/local-time.ts';
import { sessionDateText } from './session-date.ts';

/** The bytes of numbers are in the order of the machine that wrote them. */
const format = `columns 2, ${endianness()}`;

const decimals = ['open', 'high', 'low', 'close', 'adjustedClose', 'volume'] as const;

/**
 * The bars of a batch from a row on as JSON, for {@link barsOfJson}: what they share once, and columns. Numbers go as their
 * bytes in base64, all columns one after the other, and decimals as whole units with their scale: it is done for each
 * collection, and printing every value took ten times as long.
 */
export function barsAsJson(batch: BarBatch, identity: BatchIdentity, from: number): string {
  const { openTime, sessionDate, qualityScore, brokenRules } = batch;
  const numbers: ArrayBufferView[] = [openTime.subarray(from)];
  const kept: Partial<Record<(typeof decimals)[number], KeptDecimals>> = {};
  for (const name of decimals) {
    const column = batch[name];
    if (column === undefined) continue;
    const { scale, units } = column;
    if (units instanceof Float64Array) numbers.push(units.subarray(from));
    kept[name] = units instanceof Float64Array ? { scale } : { scale, units: units.slice(from).map(String) };
  }
  numbers.push(sessionDate.subarray(from));
  if (brokenRules !== undefined) numbers.push(brokenRules.index.subarray(from));
  numbers.push(qualityScore.subarray(from));
  const columns: KeptColumns = {
    format,
    length: batch.length - from,
    decimals: kept,
    combinations: brokenRules?.combinations,
    numbers: packed(numbers),
  };
  return JSON.stringify({ common: commonOf(batch, identity), columns });
}

function packed(columns: readonly ArrayBufferView[]): string {
  const bytes = columns.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  return Buffer.concat(bytes).toString('base64');
}

/** One bar of a batch as the JSON of a stored bar. */
export function barAsJson(batch: BarBatch, identity: BatchIdentity, row: number): string {
  return JSON.stringify(storedBarAt(batch, row, identity));
}

/**
 * The bars that {@link barsAsJson} was given; none for any other JSON, whatever another program left there.
 *
 * @throws SyntaxError for what is no JSON.
 */
export function barsOfJson(text: string): readonly unknown[] {
  const { common, columns } = (JSON.parse(text) ?? {}) as { readonly common?: Common; readonly columns?: KeptColumns };
  if (columns?.format !== format) return [];
  // By name: whatever else lies there would be copied for each bar.
  const { symbol, interval, source, adjustment, barLabel, lastRefreshed, ingestedAt, batchId } =
    common ?? ({} as Common);
  const { length } = columns;
  const numbers = new KeptNumbers(columns.numbers, length);
  const openTime = numbers.next(Float64Array);
  // What follows makes something for each bar.
  if (openTime === undefined) return [];
  const prices = new Map(decimals.map((name) => [name, decimalsOf(columns.decimals?.[name], length, numbers)]));
  const sessionDate = numbers.next(Int32Array);
  const rules = rulesOf(columns.combinations, length, numbers);
  const qualityScore = numbers.next(Uint8Array);
  const hasPrices = ['open', 'high', 'low', 'close'].every((name) => prices.get(name as (typeof decimals)[number]));
  if (!openTime.every(isStorable) || !sessionDate?.every((day) => isStorable(day * dayMs))) return [];
  if (rules === undefined || !hasPrices || [...prices.values()].includes(null)) return [];
  if (qualityScore === undefined || !numbers.isOver) return [];
  return Array.from(openTime, (at, row) => ({
    ...{ symbol, interval, source, adjustment, barLabel, lastRefreshed, ingestedAt, batchId },
    openTime: at,
    sessionDate: sessionDateText(sessionDate[row] as number),
    ...Object.fromEntries([...prices].map(([name, column]) => [name, column ? decimalTextAt(column, row) : null])),
    qualityScore: qualityScore[row],
    brokenRules: rules[row],
  }));
}

function isStorable(instant: number): boolean {
  return Number.isInteger(instant) && instant >= earliestDay * dayMs && instant < endDay * dayMs;
}

/** Decimals as they were kept: `undefined` for a column that is left out, `null` for what is none. */
function decimalsOf(
  kept: KeptDecimals | undefined,
  length: number,
  numbers: KeptNumbers,
): DecimalColumn | undefined | null {
  if (kept === undefined) return undefined;
  if (typeof kept !== 'object' || kept === null) return null;
  const { scale, units } = kept;
  if (!Number.isInteger(scale) || scale < 0 || scale > 18) return null;
  if (units === undefined) {
    const narrow = numbers.next(Float64Array);
    return narrow?.every(Number.isSafeInteger) ? { scale, units: narrow } : null;
  }
  if (!Array.isArray(units)) return null;
  const isWhole =
    units.length === length && units.every((unit) => typeof unit === 'string' && /^-?\d{1,38}$/.test(unit));
  return isWhole ? { scale, units: units.map(BigInt) } : null;
}

/** The broken rules of each row; `undefined` for what are none. */
function rulesOf(
  combinations: KeptColumns['combinations'],
  length: number,
  numbers: KeptNumbers,
): readonly (readonly string[])[] | undefined {
  if (combinations === undefined) return Array.from({ length }, () => []);
  const isText = (rule: unknown): boolean => typeof rule === 'string';
  if (!Array.isArray(combinations) || !combinations.every((some) => Array.isArray(some) && some.every(isText)))
    return undefined;
  const index = numbers.next(Uint16Array);
  const rules = index && Array.from(index, (which) => combinations[which] as readonly string[] | undefined);
  return rules?.every((some) => some !== undefined) ? rules : undefined;
}

/** The numbers of columns of one length, one column after the other. */
class KeptNumbers {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #length: number;
  #at = 0;

  constructor(base64: unknown, length: unknown) {
    // A copy: what Buffer gives may lie anywhere within memory that it shares.
    this.#bytes = new Uint8Array(typeof base64 === 'string' ? Buffer.from(base64, 'base64') : []);
    this.#length = Number.isSafeInteger(length) ? (length as number) : -1;
  }

  /** Whether nothing is left. */
  get isOver(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The numbers of the next column; `undefined` where it does not hold as many as it should. */
  next<Numbers extends ArrayBufferView>(Kind: {
    new (memory: ArrayBuffer, from: number, length: number): Numbers;
    readonly BYTES_PER_ELEMENT: number;
  }): Numbers | undefined {
    const from = this.#at;
    this.#at += this.#length * Kind.BYTES_PER_ELEMENT;
    if (this.#length < 0 || this.#at > this.#bytes.length) return undefined;
    return new Kind(this.#bytes.buffer, from, this.#length);
  }
}

/** Columns as they are kept. */
interface KeptColumns {
  readonly format: string;
  readonly length: number;
  readonly decimals: Readonly<Partial<Record<(typeof decimals)[number], KeptDecimals | undefined>>>;
  readonly combinations: readonly (readonly string[])[] | undefined;
  /**
   * In base64: open times, the units of each column of decimals that has none of its own, session dates, the places of
   * rows among the combinations where there are any, scores. The wider ones first, so that each begins where it may.
   */
  readonly numbers: string;
}

interface KeptDecimals {
  readonly scale: number;
  /** As text, where they are no safe integers. */
  readonly units?: readonly string[];
}

type Common = Series & Pick<BarBatch, 'barLabel' | 'lastRefreshed'> & Pick<StoredBar, 'ingestedAt' | 'batchId'>;

function commonOf({ series, barLabel, lastRefreshed }: BarBatch, { acceptedAt, batchId }: BatchIdentity): Common {
  return { ...series, barLabel, lastRefreshed, ingestedAt: acceptedAt, batchId };
}
