/** Whether a value is an object that only holds data: no class instance, no array. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** What stands at a dotted path inside plain objects, or `undefined`. Inherited properties do not count. */
export function valueAt(root: unknown, path: string): unknown {
  let value: unknown = root;
  for (const segment of path.split('.')) {
    if (!isPlainObject(value) || !Object.hasOwn(value, segment)) return undefined;
    value = value[segment];
  }
  return value;
}

/** Sets a value at a dotted path and makes the tables on the way. */
export function setAt(root: Record<string, unknown>, path: string, value: unknown): void {
  const segments = path.split('.');
  const last = segments.pop() ?? path;
  let table = root;
  for (const segment of segments) {
    const next = table[segment];
    if (isPlainObject(next)) {
      table = next;
    } else {
      const made: Record<string, unknown> = {};
      table[segment] = made;
      table = made;
    }
  }
  table[last] = value;
}

/**
 * Copies plain objects and arrays all the way down, giving each other value to `leaf` with its dotted path; class
 * instances (dates, `Redacted`) are leaves.
 */
export function copyPlain(value: unknown, leaf: (value: unknown, path: string) => unknown, path = ''): unknown {
  const below = (key: string | number): string => (path === '' ? `${key}` : `${path}.${key}`);
  if (Array.isArray(value)) return value.map((item, index) => copyPlain(item, leaf, below(index)));
  if (!isPlainObject(value)) return leaf(value, path);
  // `fromEntries` defines properties, so a key called `__proto__` stays a key.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyPlain(item, leaf, below(key))]));
}

/** Freezes plain objects and arrays all the way down. */
export function freezePlain(value: unknown): void {
  if (Object.isFrozen(value) || !(Array.isArray(value) || isPlainObject(value))) return;
  Object.freeze(value);
  for (const item of Object.values(value)) freezePlain(item);
}
