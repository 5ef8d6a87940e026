import type { Environment } from './environment-layer.ts';
import type { KnownSettings } from './known-settings.ts';
import type { Layer, LayerValue } from './layer.ts';
import type { ConfigurationProblem } from './problem.ts';
import { fileSuffix, readSecretFile, setTwice } from './secret-file.ts';
import { unknownSetting } from './unknown-names.ts';

/** Environment names that set one path each, without the prefix: `ALPHA_VANTAGE_API_KEY` → `alpha_vantage.api_key`. */
export type Aliases = Readonly<Record<string, string>>;

/** Every environment name that belongs to the aliases, the `_FILE` ones included. */
export function aliasNames(aliases: Aliases): ReadonlySet<string> {
  return new Set(Object.keys(aliases).flatMap((name) => [name, `${name}${fileSuffix}`]));
}

/** Reads the aliases' variables, and for secrets also `<NAME>_FILE`. Empty variables count as absent. */
export function readAliases(options: {
  readonly known: KnownSettings;
  readonly environment: Environment;
  readonly aliases: Aliases;
}): Layer {
  const { known, environment, aliases } = options;
  const values = new Map<string, LayerValue>();
  const problems: ConfigurationProblem[] = [];
  const files: string[] = [];
  for (const [name, path] of Object.entries(aliases)) {
    const setting = known.get(path);
    if (setting === undefined) {
      problems.push(unknownSetting(known, path, `alias ${name}`));
      continue;
    }
    const text = environment[name] || undefined;
    const variable = `${name}${fileSuffix}`;
    const file = setting.secret ? environment[variable] || undefined : undefined;
    if (file === undefined) {
      if (text !== undefined) values.set(path, { value: text, layer: `environment ${name}` });
    } else if (text !== undefined) problems.push(setTwice(path, name));
    else {
      files.push(file);
      const outcome = readSecretFile({ path, variable, file });
      if ('found' in outcome) values.set(path, outcome.found);
      else problems.push(outcome.problem);
    }
  }
  return { values, problems, files };
}
