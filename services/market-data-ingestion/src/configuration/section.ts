import type { ConfigurationSection } from '@quantumtrade/core-traits';
import { z } from 'zod';

/** A section whose known keys are read off its schema, so that the two cannot drift apart. */
export function section<T>(
  path: string,
  schema: z.ZodObject,
  secrets: readonly string[] = [],
): ConfigurationSection<T> {
  return { path, schema: schema as unknown as z.ZodType<T>, keys: keysOf(schema), secrets };
}

function keysOf(schema: z.ZodObject, prefix = ''): string[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => {
    const inner = field instanceof z.ZodPrefault ? field.unwrap() : field;
    return inner instanceof z.ZodObject ? keysOf(inner, `${prefix}${key}.`) : [`${prefix}${key}`];
  });
}
