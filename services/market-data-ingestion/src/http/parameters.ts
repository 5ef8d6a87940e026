import { type TInteger, type TOptional, type TString, Type } from 'typebox';
import { cursorLength } from './cursor.ts';

/** Which page of a list; rows are named as they are in its answer. */
export function pageParameters({
  rows = 'rows',
  most = 10_000,
  usual = 500,
}: {
  readonly rows?: string;
  readonly most?: number;
  readonly usual?: number;
} = {}): { limit: TInteger; cursor: TOptional<TString> } {
  return {
    limit: Type.Integer({ minimum: 1, maximum: most, default: usual, description: `${rows} of a page` }),
    cursor: Type.Optional(Type.String({ maxLength: cursorLength, description: 'nextCursor of the page before' })),
  };
}

/** Whose data. */
export const sourceParameter: TOptional<TString> = Type.Optional(
  Type.String({ pattern: '^[a-z0-9_]{1,64}$', description: 'another source than the active one' }),
);
