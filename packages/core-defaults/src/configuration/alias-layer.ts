import { readFileSync } from 'node:fs';
import type { Environment } from './environment-layer.ts';
import type { KnownSetting, KnownSettings } from './known-settings.ts';
import type { Layer, LayerValue } from './layer.ts';
import { unknownSetting } from './unknown-names.ts';

/** Environment names that set one path each, without the prefix: `ALPHA_VANTAGE_API_KEY` → `alpha_vantage.api_key`. */
export type Aliases = Readonly<Record<string, string>>;

/** Every environment name that belongs to the aliases, the `_FILE` ones included. */
export function aliasNames(aliases: Aliases): ReadonlySet<string> {
  return new Set(Object.keys(aliases).flatMap((name) => [name, fileNameOf(name)]));
}

/**
 * Reads the aliases' variables, and for secrets also `<NAME>_FILE`, which names a file that holds the secret (as
 * container platforms mount them); one trailing newline is not part of it.
 */
export function readAliases(options: {
  readonly known: KnownSettings;
  readonly environment: Environment;
  readonly aliases: Aliases;
}): Layer {
  const { known, environment, aliases } = options;
  const values = new Map<string, LayerValue>();
  const problems: string[] = [];
  for (const [name, path] of Object.entries(aliases)) {
    const setting = known.get(path);
    if (setting === undefined) {
      problems.push(unknownSetting(known, path, `alias ${name}`));
      continue;
    }
    const outcome = readAlias(environment, name, setting);
    if (typeof outcome === 'string') problems.push(outcome);
    else if (outcome !== undefined) values.set(path, outcome);
  }
  return { values, problems };
}

/** The alias's value, a problem text, or `undefined` when nothing is set. */
function readAlias(environment: Environment, name: string, setting: KnownSetting): LayerValue | string | undefined {
  const text = environment[name] || undefined;
  const fileName = fileNameOf(name);
  const file = setting.secret ? environment[fileName] || undefined : undefined;
  if (file === undefined) return text === undefined ? undefined : { value: text, layer: `environment ${name}` };
  if (text !== undefined) return `${setting.path}: ${name} and ${fileName} are both set: keep one`;
  const layer = `environment ${fileName}`;
  try {
    const secret = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    return secret === '' ? `${setting.path} (${layer}): the file it names is empty` : { value: secret, layer };
  } catch (error) {
    // The variable's text is not shown: it may be the secret itself, set under the wrong name.
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return `${setting.path} (${layer}): the file it names cannot be read (${code})`;
  }
}

function fileNameOf(name: string): string {
  return `${name}_FILE`;
}
