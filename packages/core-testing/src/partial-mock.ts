/**
 * What `await`, `JSON.stringify`, `util.inspect` and assertion libraries look for on every object: answering them with
 * `undefined` keeps failure reports about the mock readable.
 */
const lookedForByTools: ReadonlySet<string> = new Set([
  'then',
  'toJSON',
  'inspect',
  'nodeType',
  'tagName',
  'asymmetricMatch',
  '$$typeof',
]);

/**
 * A stand-in for `T` that has only the given members. Reading (and so calling) any other one throws an `Error` that
 * names it: `MarketDataStore.getQuarantine is not part of this mock`. Symbols, `then`, `toJSON` and the few other names
 * that tools look for on any object are `undefined` instead, so the mock can be awaited, printed and compared.
 *
 * An optional member that the code under test reads must be given too.
 */
export function partialMock<T extends object>(name: string, members: Partial<T>): T {
  return new Proxy(members, {
    get(target, key, receiver): unknown {
      if (Reflect.has(target, key)) return Reflect.get(target, key, receiver);
      if (typeof key === 'symbol' || lookedForByTools.has(key)) return undefined;
      throw new Error(`${name}.${key} is not part of this mock: give it, or do not call it`);
    },
  }) as T;
}
