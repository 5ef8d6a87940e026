import type { JsonReader } from '../shared/json-reader.ts';

/** Reads over a value; says whether it was an object without members. */
export function skipEmptyObject(reader: JsonReader): boolean {
  if (reader.kind() !== 'object') {
    reader.skip();
    return false;
  }
  let empty = true;
  reader.enter();
  while (reader.member()) {
    empty = false;
    reader.skip();
  }
  return empty;
}
