import { parseSymbol } from '@quantumtrade/shared-types';
import { z } from 'zod';

/**
 * Fields as settings have them: a file gives typed values, the environment gives text. Both are understood, nothing else
 * is, and a message says what was expected.
 */

const toNumber = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : value;
};

const toNumberOrNone = (value: unknown): unknown =>
  typeof value === 'string' && value.trim().toLowerCase() === 'none' ? 'none' : toNumber(value);

const toBoolean = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  const text = value.trim().toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : value;
};

const toList = (value: unknown): unknown =>
  typeof value === 'string'
    ? value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
    : value;

const toTables = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};

/** A whole number from `minimum` to `maximum`. */
export function wholeNumber(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  const message = `expected a whole number from ${range(minimum, maximum)}`;
  return z.preprocess(toNumber, z.int(message).min(minimum, message).max(maximum, message));
}

/** A number from `minimum` to `maximum`. */
export function decimalNumber(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  const message = `expected a number from ${range(minimum, maximum)}`;
  return z.preprocess(toNumber, z.number(message).min(minimum, message).max(maximum, message));
}

/** A rate: a number above 0, or `none`. */
export function rate(): z.ZodType<number | 'none'> {
  const message = 'expected a number above 0, or "none"';
  return z.preprocess(toNumberOrNone, z.union([z.literal('none'), z.number(message).positive(message)], message));
}

/** A limit: a whole number from 1 on, or `none`. */
export function limit(): z.ZodType<number | 'none'> {
  const message = 'expected a whole number from 1 on, or "none"';
  return z.preprocess(toNumberOrNone, z.union([z.literal('none'), z.int(message).min(1, message)], message));
}

export function flag(): z.ZodType<boolean> {
  return z.preprocess(toBoolean, z.boolean('expected true or false'));
}

/** A list of texts; from the environment, separated by commas. */
export function list(): z.ZodType<string[]> {
  return z.preprocess(toList, z.array(z.string('expected text'), 'expected a list of texts'));
}

/** A list of tables; from the environment, as JSON. */
export function tables<T extends z.ZodType>(item: T): z.ZodType<z.output<T>[]> {
  return z.preprocess(toTables, z.array(item, 'expected a list of tables (in the environment, a JSON array)'));
}

/** Text that is not empty. */
export function text(): z.ZodType<string> {
  const message = 'expected text';
  return z.string(message).min(1, message);
}

/** One of a few words. */
export function word<const Words extends readonly string[]>(words: Words): z.ZodType<Words[number]> {
  return z.enum(words, `expected one of ${words.join(', ')}`);
}

function range(minimum: number, maximum: number): string {
  return maximum < Number.MAX_SAFE_INTEGER ? `${minimum} to ${maximum}` : `${minimum} on`;
}

/** Names of symbols, as the vendor is asked for them. */
export const symbols: z.ZodType<string[]> = list().transform((values, context) => {
  try {
    return values.map(parseSymbol);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
