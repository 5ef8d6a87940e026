import type { KnownSettings } from './known-settings.ts';
import type { Layer, LayerValue } from './layer.ts';
import { showName, unknownSetting } from './unknown-names.ts';

/** A process's environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables `<PREFIX><SECTION>__<KEY>`, nested keys with further `__`. Empty variables count as absent.
 *
 * Prefixed names without `__` belong to somebody else, and so do the names in `except`.
 */
export function readPrefixedEnvironment(options: {
  readonly known: KnownSettings;
  readonly environment: Environment;
  readonly prefix: string;
  readonly except: ReadonlySet<string>;
}): Layer {
  const { known, environment, prefix, except } = options;
  const values = new Map<string, LayerValue>();
  const problems: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value === '' || !name.startsWith(prefix) || except.has(name)) continue;
    const rest = name.slice(prefix.length);
    if (!rest.includes('__')) continue;
    const layer = `environment ${showName(name)}`;
    const path = pathOf(rest);
    const setting = path === undefined ? undefined : known.getIgnoringCase(path);
    if (setting === undefined) {
      const variable = (suggested: string): string => `${suggested} (${variableName(prefix, suggested)})`;
      problems.push(unknownSetting(known, path ?? rest.toLowerCase(), layer, variable));
    } else values.set(setting.path, { value, layer });
  }
  return { values, problems };
}

/** The environment variable that sets a path. */
function variableName(prefix: string, path: string): string {
  return prefix + path.split('.').join('__').toUpperCase();
}

/** The path that a variable's name without its prefix means, or `undefined` when a part of it is missing. */
function pathOf(rest: string): string | undefined {
  const segments = rest.toLowerCase().split('__');
  return segments.includes('') ? undefined : segments.join('.');
}
