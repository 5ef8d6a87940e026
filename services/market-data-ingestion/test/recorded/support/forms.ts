import { inspect } from 'node:util';

/** Every form in which a value can reach a person: JSON, inspection to any depth, and the stacks of errors. */
export function formsOf(value: unknown): string {
  const stack = value instanceof Error ? `${value.stack}\n${String(value)}` : '';
  const hidden = { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null, maxArrayLength: null };
  return [JSON.stringify(value), inspect(value, hidden), stack].join('\n');
}
