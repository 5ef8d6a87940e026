import { refusal } from './refusal.ts';

/** The values that say where the last row of a page stands in its list. */
export type Position = readonly (string | number)[];

/** Longest cursor that is taken, in characters. */
export const cursorLength = 512;

/** A place to go on from, as clients carry it: they must not look inside. A cursor of one list is none of another. */
export function cursorOf(list: string, position: Position): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString('base64url');
}

/**
 * The place that a cursor names, with values of the same types as the example's.
 *
 * @throws ServiceError, reason `invalidCursor`.
 */
export function positionOf<const Example extends Position>(
  list: string,
  cursor: string | undefined,
  example: Example,
): Widened<Example> | undefined {
  if (cursor === undefined) return undefined;
  const values = parsed(cursor);
  if (
    Array.isArray(values) &&
    values.length === example.length + 1 &&
    values[0] === list &&
    example.every((value, at) => isSound(values[at + 1]) && typeof values[at + 1] === typeof value)
  ) {
    return values.slice(1) as unknown as Widened<Example>;
  }
  throw refusal('invalidCursor', 'the cursor is none of this list: use nextCursor of the page before');
}

type Widened<Values extends Position> = {
  readonly [Index in keyof Values]: Values[Index] extends string ? string : number;
};

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Numbers are instants and counts: a whole number that a date can hold. */
function isSound(value: unknown): boolean {
  return typeof value === 'string' || (Number.isSafeInteger(value) && Math.abs(value as number) <= 8.64e15);
}
