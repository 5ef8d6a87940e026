import type { CorporateActionField, RawCorporateAction } from '@quantumtrade/shared-types';
import { BodyError } from '../shared/body-error.ts';
import { plainName } from '../shared/columns.ts';
import { JsonReader } from '../shared/json-reader.ts';
import type { ActionWords } from './action-words.ts';
import { LineScanner } from './line-scanner.ts';
import { skipEmptyObject } from './skip-empty-object.ts';

/** What a JSON answer about corporate actions holds, before anyone judges it. */
export interface ActionsAnswer {
  /** Top-level members whose value is a string: the symbol, and where the vendor puts its refusals. */
  readonly texts: ReadonlyMap<string, string>;
  /** `undefined` where there is no list. */
  readonly rows: readonly RawCorporateAction[] | undefined;
  /** Nothing is told: `{}`, or only empty objects such as `{"Global Quote": {}}`. */
  readonly isEmpty: boolean;
}

/**
 * Reads a whole JSON answer and the rows of its list. A number keeps the digits of its text.
 *
 * @throws BodyError for anything that is no whole JSON document, that says two things under one name, or whose list holds
 * anything but objects.
 */
export function readActionsJson(body: Uint8Array, { fields }: ActionWords): ActionsAnswer {
  const reader = new JsonReader(body);
  const texts = new Map<string, string>();
  let rows: RawCorporateAction[] | undefined;
  let isEmpty = reader.kind() === 'object';
  if (reader.kind() !== 'object') {
    reader.skip();
  } else {
    reader.enter();
    while (reader.member()) {
      const key = reader.string();
      const kind = reader.kind();
      if (key === 'data' && kind === 'array') {
        if (rows !== undefined) throw new BodyError('it has two lists of one name', false);
        rows = readRows(reader, fields);
        isEmpty = false;
      } else if (kind === 'string') {
        reader.scalar();
        if (texts.has(key)) throw new BodyError('it says two things under one name', false);
        texts.set(key, reader.string());
        isEmpty = false;
      } else if (!skipEmptyObject(reader)) isEmpty = false;
    }
  }
  reader.finish();
  return { texts, rows, isEmpty };
}

function readRows(reader: JsonReader, fields: ActionWords['fields']): RawCorporateAction[] {
  const rows: RawCorporateAction[] = [];
  reader.enterArray();
  while (reader.element()) {
    if (reader.kind() !== 'object') throw new BodyError('its list holds something else than objects', false);
    const row: Partial<Record<CorporateActionField, string>> = {};
    reader.enter();
    while (reader.member()) {
      const field = fields.get(plainName(reader.string()));
      const kind = reader.kind();
      if (field === undefined || kind === 'object' || kind === 'array') {
        reader.skip();
        continue;
      }
      reader.scalar();
      const text = reader.string();
      if (row[field] !== undefined && row[field] !== text) throw new BodyError('a row gives one field twice', false);
      row[field] = text;
    }
    rows.push(row);
  }
  return rows;
}

/**
 * The rows of a CSV answer; `undefined` when its first line is not the header of the actions.
 *
 * @throws BodyError where the body was cut, or a row has another number of fields than the header.
 */
export function readActionsCsv(body: Uint8Array, { fields }: ActionWords): readonly RawCorporateAction[] | undefined {
  const scanner = new LineScanner(body);
  if (!scanner.line()) return undefined;
  const columns = scanner.fields.map((_, index) => fields.get(plainName(scanner.field(index))));
  const present = columns.filter((column) => column !== undefined);
  if (!present.includes('exDate')) return undefined;
  if (!present.includes('value') || new Set(present).size < present.length) {
    throw new BodyError('the CSV header does not name each field once', !scanner.terminated);
  }
  const crlf = scanner.sawCarriageReturn;
  const rows: RawCorporateAction[] = [];
  while (scanner.line()) {
    if (scanner.fields.length !== columns.length || scanner.irregular || (crlf && !scanner.terminated)) {
      throw new BodyError('the CSV ends in the middle of a row, or a row has too many fields', !scanner.terminated);
    }
    const row: Partial<Record<CorporateActionField, string>> = {};
    for (const [index, column] of columns.entries()) if (column !== undefined) row[column] = scanner.field(index);
    rows.push(row);
  }
  return rows;
}
