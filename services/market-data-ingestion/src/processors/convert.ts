import {
  assetClassOf,
  type BarField,
  type DecimalColumn,
  intradayMilliseconds,
  type RawBars,
  type TextColumn,
  type TimeRange,
} from '@quantumtrade/shared-types';
import { rowsOfStep, type Steps } from '../steps.ts';
import { BrokenRows, type RejectedRow } from './broken-rows.ts';
import { alignColumns } from './decimal-columns.ts';
import { createDecimalCells, type DecimalCells, keepCells, parseDecimalColumn } from './decimal-parser.ts';
import { type BarKeys, LabelReader } from './label-reader.ts';
import type { ZoneDirectory } from './local-time.ts';
import type { Rule } from './rules.ts';

/**
 * Days, weeks and months of stocks open at this zone's midnight, whatever zone the vendor names; those of pairs at
 * midnight in the vendor's zone, because they have no exchange.
 */
const sessionZone = 'America/New_York';

/** The rows that could be converted, in the payload's order, and the ones that could not. */
export interface ConvertedBars extends BarKeys {
  readonly length: number;
  /** Where each position stands in the payload. */
  readonly rows: Uint32Array;
  /** The four prices share one scale: safe integers all, or `bigint`s all. */
  readonly open: DecimalColumn;
  readonly high: DecimalColumn;
  readonly low: DecimalColumn;
  readonly close: DecimalColumn;
  readonly adjustedClose: DecimalColumn | undefined;
  readonly volume: DecimalColumn | undefined;
  readonly rejected: readonly RejectedRow[];
}

/**
 * Rows whose text, about 200 bytes each, stays in the processor's first cache until the last of their columns is read. With a
 * thousand rows 200,000 take a third longer.
 */
const rowsInCache = 32;

/**
 * Converts raw bars exactly, a stretch of one column after the other: a loop over one column is several times faster than
 * one over the fields of each row. The label is checked first, then the values; a rejected row names each rule once.
 */
export function* convertBars(raw: RawBars, zones: ZoneDirectory): Steps<ConvertedBars> {
  const { text, label } = raw;
  const reader = labelReader(raw, zones);
  const keys: BarKeys = { openTime: new Float64Array(raw.length), sessionDate: new Int32Array(raw.length) };
  const broken = new BrokenRows();
  const complain = (row: number, rule: Rule): void => broken.add(row, rule);

  const open = requiredField(raw, 'open');
  const high = requiredField(raw, 'high');
  const low = requiredField(raw, 'low');
  const close = requiredField(raw, 'close');
  const adjustedClose = optionalField(raw, 'adjustedClose');
  const volume = optionalField(raw, 'volume');
  const sources = [open, high, low, close, adjustedClose, volume].filter((source) => source !== undefined);

  for (let from = 0; from < raw.length; from += rowsInCache) {
    const range = { from, to: Math.min(from + rowsInCache, raw.length) };
    reader.readColumn(keys, text, label, range, complain);
    for (const { column, cells } of sources) parseDecimalColumn(cells, text, column, range, complain);
    if (range.to % rowsOfStep === 0) yield;
  }

  const rows = broken.otherRows(raw.length);
  const { length } = rows;
  if (length < raw.length) {
    keepKeys(keys, rows);
    for (const { cells } of sources) keepCells(cells, rows);
  }
  if (length > rowsOfStep) yield;
  const prices = alignColumns([open.cells, high.cells, low.cells, close.cells], length);
  return {
    length,
    rows,
    ...keys,
    open: prices[0] as DecimalColumn,
    high: prices[1] as DecimalColumn,
    low: prices[2] as DecimalColumn,
    close: prices[3] as DecimalColumn,
    adjustedClose: adjustedClose && alignColumns([adjustedClose.cells], length)[0],
    volume: volume && alignColumns([volume.cells], length)[0],
    rejected: broken.list(),
  };
}

/** The open times of the first and the last row, the earlier one first; `undefined` where there are none to be read. */
export function rangeOf(raw: RawBars, zones: ZoneDirectory): TimeRange | undefined {
  const { text, label, length } = raw;
  if (length === 0) return undefined;
  const reader = labelReader(raw, zones);
  const keys: BarKeys = { openTime: new Float64Array(2), sessionDate: new Int32Array(2) };
  for (const [at, row] of [0, length - 1].entries()) {
    const rule = reader.readInto(keys, at, text, label.starts[row] as number, label.ends[row] as number);
    if (rule !== undefined) return undefined;
  }
  return { first: Math.min(...keys.openTime), last: Math.max(...keys.openTime) };
}

/** Moves the keys of the given rows, in rising order, to the front. */
function keepKeys({ openTime, sessionDate }: BarKeys, rows: Uint32Array): void {
  for (let at = 0; at < rows.length; at++) {
    openTime[at] = openTime[rows[at] as number] as number;
    sessionDate[at] = sessionDate[rows[at] as number] as number;
  }
}

function labelReader({ series, timeZone, barLabel }: RawBars, zones: ZoneDirectory): LabelReader {
  const length = intradayMilliseconds(series.interval);
  if (length === undefined) {
    const dayZone = assetClassOf(series.symbol) === 'stock' ? sessionZone : timeZone;
    return new LabelReader({ zone: zones.find(dayZone), intraday: false, labelDelay: 0 });
  }
  return new LabelReader({
    zone: zones.find(timeZone),
    intraday: true,
    labelDelay: barLabel === 'end' ? length : 0,
  });
}

interface FieldSource {
  readonly column: TextColumn;
  readonly cells: DecimalCells;
}

function optionalField(raw: RawBars, field: BarField): FieldSource | undefined {
  const column = raw.values[field];
  return column && { column, cells: createDecimalCells(raw.length) };
}

/** A price that the payload does not have at all is missing in each row. */
function requiredField(raw: RawBars, field: BarField): FieldSource {
  return (
    optionalField(raw, field) ?? {
      column: { starts: new Uint32Array(raw.length), ends: new Uint32Array(raw.length) },
      cells: createDecimalCells(raw.length),
    }
  );
}
