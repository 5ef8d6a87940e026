import { rowsOfStep, runAtOnce, type Steps } from '../../steps.ts';
import { BodyError } from '../shared/body-error.ts';
import { ColumnsBuilder, fieldNumber, plainName, type SeriesColumns } from '../shared/columns.ts';
import { JsonReader } from '../shared/json-reader.ts';
import { type ReadRow, RowShape } from '../shared/row-shape.ts';
import { skipEmptyObject } from './skip-empty-object.ts';

/** What a JSON answer holds, before anyone judges it. */
export interface JsonAnswer {
  /** The meta data by plain name: `symbol`, `interval`, `time zone`, `last refreshed`. */
  readonly metaData: ReadonlyMap<string, string>;
  /** Top-level members whose value is a string: where the vendor puts its refusals. */
  readonly texts: ReadonlyMap<string, string>;
  /** The rows of the expected series, in the order of the answer; `undefined` when it is not there. */
  readonly series: SeriesColumns | undefined;
  /** Another series that came instead, by its key. */
  readonly otherSeries: string | undefined;
  /** Nothing is told beside meta data: `{}`, only empty objects such as `{"Global Quote": {}}`, or meta data alone. */
  readonly isEmpty: boolean;
  /** The bytes that the columns point into. */
  readonly text: Uint8Array;
}

/**
 * Reads a whole JSON answer and the rows of one series in it. Fields are recognised by name, never by number; a value
 * that is missing, `null` or no scalar is empty; a row that is no object has only its label.
 *
 * @throws BodyError for anything that is no whole JSON document, or that says two things under one name.
 */
export function readJsonAnswer(body: Uint8Array, expectedSeries: string): JsonAnswer {
  return runAtOnce(readJsonInSteps(body, expectedSeries));
}

/** {@link readJsonAnswer} in steps. */
export function* readJsonInSteps(body: Uint8Array, expectedSeries: string): Steps<JsonAnswer> {
  const reader = new JsonReader(body);
  const metaData = new Map<string, string>();
  const texts = new Map<string, string>();
  let series: SeriesColumns | undefined;
  let otherSeries: string | undefined;
  let isEmpty = true;
  const isObject = reader.kind() === 'object';
  if (!isObject) {
    reader.skip();
  } else {
    reader.enter();
    while (reader.member()) {
      const key = reader.string();
      const kind = reader.kind();
      if (key === expectedSeries) {
        if (series !== undefined || kind !== 'object') throw new BodyError(`"${expectedSeries}" is no series`, false);
        series = yield* readRows(reader, body);
        if (series.length > 0) isEmpty = false;
      } else if (key === 'Meta Data' && kind === 'object') {
        readMetaData(reader, metaData);
      } else if (kind === 'string') {
        reader.scalar();
        texts.set(key, reader.string());
        isEmpty = false;
      } else {
        if (kind === 'object' && /time series/i.test(key)) otherSeries = key;
        if (!skipEmptyObject(reader)) isEmpty = false;
      }
    }
  }
  reader.finish();
  return { metaData, texts, series, otherSeries, isEmpty: isObject && isEmpty, text: reader.text() };
}

function readMetaData(reader: JsonReader, metaData: Map<string, string>): void {
  reader.enter();
  while (reader.member()) {
    const name = plainName(reader.string());
    if (reader.kind() === 'object' || reader.kind() === 'array') {
      reader.skip();
      continue;
    }
    reader.scalar();
    const value = reader.string();
    if ((metaData.get(name) ?? value) !== value) throw new BodyError(`the meta data gives "${name}" twice`, false);
    metaData.set(name, value);
  }
}

/** A row takes about this many bytes; a wrong guess costs memory, nothing else. */
const bytesPerRow = 160;

function* readRows(reader: JsonReader, body: Uint8Array): Steps<SeriesColumns> {
  const rows = new ColumnsBuilder(Math.ceil(body.length / bytesPerRow));
  const layout = new RowLayout();
  let before: ReadRow | undefined;
  let inStep = 0;
  reader.enter();
  while (reader.member()) {
    const label = reader.start;
    // The row before may show the shape of this one and of those that follow.
    const shape = before && RowShape.learn(body, before, label);
    const next = shape ? yield* shape.take(body, label, rows) : label;
    before = undefined;
    if (next > label) reader.continueAt(next - 1);
    else before = readRow(reader, rows, layout);
    // A row that is read byte by byte takes about twice as long as one of a known shape.
    if (++inStep % (rowsOfStep / 2) === 0) yield;
  }
  return rows.build();
}

/** Reads the row whose label was read last. Gives its places when it is a plain one, whose shape others may have. */
function readRow(reader: JsonReader, rows: ColumnsBuilder, layout: RowLayout): ReadRow | undefined {
  const [labelStart, labelEnd] = [reader.start, reader.end];
  let isPlain = reader.plainKey() !== undefined;
  rows.addRow(labelStart, labelEnd);
  if (reader.kind() !== 'object') {
    reader.skip();
    return undefined;
  }
  const fields: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  reader.enter();
  for (let position = 0; reader.member(layout.keyAt(position)); position++) {
    const field = layout.fieldAt(position, reader);
    const kind = reader.kind();
    if (kind === 'object' || kind === 'array') {
      isPlain = false;
      reader.skip();
      if (field >= 0) rows.setValue(field, 0, 0);
    } else {
      reader.scalar();
      if (field >= 0) rows.setValue(field, reader.start, reader.end);
      isPlain &&= kind === 'string' && reader.plainKey() !== undefined && position < 32;
      if (!isPlain) continue;
      fields.push(field);
      starts.push(reader.start);
      ends.push(reader.end);
    }
  }
  return isPlain ? { labelStart, labelEnd, fields, starts, ends } : undefined;
}

/** Remembers which field stood at which position in the row before: nearly always the same one again. */
class RowLayout {
  readonly #keys: (Uint8Array | undefined)[] = [];
  readonly #fields: number[] = [];

  /** The key that stood at a position last. */
  keyAt(position: number): Uint8Array | undefined {
    return this.#keys[position];
  }

  /** The number of the field whose key the reader has just read at a position. */
  fieldAt(position: number, reader: JsonReader): number {
    if (reader.asExpected) return this.#fields[position] as number;
    const field = fieldNumber(reader.string());
    // A row with absurdly many members must not grow the memory of the layout.
    if (position < 32) {
      this.#keys[position] = reader.plainKey();
      this.#fields[position] = field;
    }
    return field;
  }
}
