import {
  assetClassOf,
  type BarField,
  type DecimalColumn,
  intradayMilliseconds,
  type RawBars,
} from '@quantumtrade/shared-types';
import { alignColumns } from './decimal-columns.ts';
import { createDecimalCells, type DecimalCells, parseDecimalInto } from './decimal-parser.ts';
import { type BarKeys, LabelReader } from './label-reader.ts';
import type { ZoneDirectory } from './local-time.ts';
import type { Rule } from './rules.ts';

/**
 * Days, weeks and months of stocks open at this zone's midnight, whatever zone the vendor names; those of pairs at
 * midnight in the vendor's zone, because they have no exchange.
 */
const sessionZone = 'America/New_York';

/** A row that could not be converted exactly. */
interface RejectedRow {
  readonly row: number;
  readonly rules: readonly Rule[];
}

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

interface FieldSource {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly cells: DecimalCells;
}

/** Converts raw bars exactly. The label is checked first, then the values; a rejected row names each rule once. */
export function convertBars(raw: RawBars, zones: ZoneDirectory): ConvertedBars {
  const { text, label } = raw;
  const reader = labelReader(raw, zones);
  const keys: BarKeys = { openTime: new Float64Array(raw.length), sessionDate: new Int32Array(raw.length) };
  const rows = new Uint32Array(raw.length);
  const rejected: RejectedRow[] = [];

  const open = requiredField(raw, 'open');
  const high = requiredField(raw, 'high');
  const low = requiredField(raw, 'low');
  const close = requiredField(raw, 'close');
  const adjustedClose = optionalField(raw, 'adjustedClose');
  const volume = optionalField(raw, 'volume');
  const sources = [open, high, low, close, adjustedClose, volume].filter((source) => source !== undefined);

  let length = 0;
  for (let row = 0; row < raw.length; row++) {
    let broken: Set<Rule> | undefined;
    const timeRule = reader.readInto(keys, length, text, label.starts[row] as number, label.ends[row] as number);
    if (timeRule !== undefined) broken = new Set([timeRule]);
    for (const { starts, ends, cells } of sources) {
      const valueRule = parseDecimalInto(cells, length, text, starts[row] as number, ends[row] as number);
      if (valueRule !== undefined) broken = (broken ?? new Set<Rule>()).add(valueRule);
    }
    // A rejected row's place is taken by the next one.
    if (broken) rejected.push({ row, rules: [...broken] });
    else rows[length++] = row;
  }

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
    rejected,
  };
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

function optionalField(raw: RawBars, field: BarField): FieldSource | undefined {
  const column = raw.values[field];
  return column && { ...column, cells: createDecimalCells(raw.length) };
}

/** A price that the payload does not have at all is missing in each row. */
function requiredField(raw: RawBars, field: BarField): FieldSource {
  return (
    optionalField(raw, field) ?? {
      starts: new Uint32Array(raw.length),
      ends: new Uint32Array(raw.length),
      cells: createDecimalCells(raw.length),
    }
  );
}
