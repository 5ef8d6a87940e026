/** Settings nested by the parts of their dotted paths. */
export type SettingTree = { [key: string]: unknown };

/** Whether a value holds further settings; arrays, secrets and other objects with a class of their own are values. */
export function isTree(value: unknown): value is SettingTree {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * One tree from settings given dotted, nested or mixed. It shares no object with them.
 *
 * @throws TypeError when a path is both a value and a group of settings.
 */
export function toTree(values: Readonly<Record<string, unknown>>): SettingTree {
  const root: SettingTree = {};
  for (const { path, value } of leavesOf(values)) setAt(root, path, value);
  return root;
}

/** Every value of a tree with its dotted path, in the order of the keys. */
export function* leavesOf(tree: Readonly<SettingTree>, prefix = ''): Generator<{ path: string; value: unknown }> {
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (isTree(value)) yield* leavesOf(value, path);
    else if (value !== undefined) yield { path, value };
  }
}

/** What stands at a dotted path: a value, a tree, or `undefined`. */
export function getAt(tree: Readonly<SettingTree>, path: string): unknown {
  let found: unknown = tree;
  for (const key of path.split('.')) {
    if (!isTree(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found;
}

/** Puts a value at a dotted path. */
export function setAt(tree: SettingTree, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let group = tree;
  for (const key of keys) {
    if (!Object.hasOwn(group, key)) define(group, key, {});
    const next = group[key];
    if (!isTree(next)) throw new TypeError(`setting "${path}" stands below a value`);
    group = next;
  }
  if (isTree(group[last]) && Object.hasOwn(group, last))
    throw new TypeError(`setting "${path}" is a group and a value`);
  define(group, last, value);
}

/** Assignment that treats `__proto__` as the ordinary key it is here. */
function define(group: SettingTree, key: string, value: unknown): void {
  Object.defineProperty(group, key, { value, enumerable: true, configurable: true, writable: true });
}
