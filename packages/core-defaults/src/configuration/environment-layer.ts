import type { KnownSetting, KnownSettings } from './known-settings.ts';
import type { Layer, LayerValue } from './layer.ts';
import type { ConfigurationProblem } from './problem.ts';
import { fileSuffix, readSecretFile, setTwice } from './secret-file.ts';
import { showName, unknownSetting } from './unknown-names.ts';

/** A process's environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables `<PREFIX><SECTION>__<KEY>`, nested keys with further `__`, and for secrets also
 * `<PREFIX><SECTION>__<KEY>_FILE`. Empty variables count as absent.
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
  const problems: ConfigurationProblem[] = [];
  const files: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value === '' || !name.startsWith(prefix) || except.has(name)) continue;
    const rest = name.slice(prefix.length);
    if (!rest.includes('__')) continue;
    const setting = settingOf(known, rest);
    const secret = setting === undefined ? secretOf(known, rest) : undefined;
    if (setting !== undefined) values.set(setting.path, { value, layer: `environment ${showName(name)}` });
    else if (secret === undefined) {
      const written = (suggested: string): string => `${suggested} (${variableName(prefix, suggested)})`;
      problems.push(unknownSetting(known, pathOf(rest), `environment ${showName(name)}`, written));
    } else if (environment[name.slice(0, -fileSuffix.length)]) {
      problems.push(setTwice(secret.path, name.slice(0, -fileSuffix.length)));
    } else {
      files.push(value);
      const outcome = readSecretFile({ path: secret.path, variable: name, file: value });
      if ('found' in outcome) values.set(secret.path, outcome.found);
      else problems.push(outcome.problem);
    }
  }
  return { values, problems, files };
}

/** The setting that a variable's name without its prefix means. */
function settingOf(known: KnownSettings, rest: string): KnownSetting | undefined {
  return rest.split('__').includes('') ? undefined : known.getIgnoringCase(pathOf(rest));
}

/** The secret whose file a variable names. */
function secretOf(known: KnownSettings, rest: string): KnownSetting | undefined {
  if (!rest.endsWith(fileSuffix)) return undefined;
  const setting = settingOf(known, rest.slice(0, -fileSuffix.length));
  return setting?.secret === true ? setting : undefined;
}

/** The environment variable that sets a path. */
function variableName(prefix: string, path: string): string {
  return prefix + path.split('.').join('__').toUpperCase();
}

/** The path that a variable's name without its prefix stands for; a part that is missing leaves the name as it is. */
function pathOf(rest: string): string {
  const segments = rest.toLowerCase().split('__');
  return segments.includes('') ? rest.toLowerCase() : segments.join('.');
}
