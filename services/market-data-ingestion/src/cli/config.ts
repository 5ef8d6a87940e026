import {
  type ConfigurationProblem,
  checkConfiguration,
  createConfigurationProvider,
} from '@quantumtrade/core-defaults';
import { configurationOptions } from '../configuration/configuration-options.ts';
import { vendorProblem } from '../vendors/registry.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { oneLine, type Streams, table, write, writeJsonArray } from './output.ts';

/** Where the settings are looked up. */
export interface ConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: string | undefined;
}

/** `config validate`: everything that is wrong with the settings, one problem a line. Opens nothing. */
export async function validateConfig(
  sources: ConfigSources,
  streams: Streams,
  options: { readonly json?: boolean },
): Promise<ExitStatus> {
  const problems = problemsOf(sources);
  const valid = problems.length === 0;
  if (options.json === true) {
    const listed = problems.map(({ path, layer, message }) => ({ path: path ?? null, layer, message }));
    await write(streams.out, `${JSON.stringify({ valid, problems: listed })}\n`);
  } else {
    const lines = valid ? ['the settings are valid'] : problems.map(({ message }) => oneLine(message));
    await write(streams.out, `${lines.join('\n')}\n`);
  }
  return valid ? exitStatus.succeeded : exitStatus.refused;
}

/**
 * `config show`: every effective setting with its source, secrets redacted. Opens nothing.
 *
 * @throws ServiceError of kind `configuration` for settings that are not valid.
 */
export async function showConfig(
  sources: ConfigSources,
  streams: Streams,
  options: { readonly json?: boolean },
): Promise<ExitStatus> {
  const settings = createConfigurationProvider(configurationOptions(sources)).describe();
  if (options.json === true) await writeJsonArray(streams.out, settings);
  else {
    const rows = settings.map(({ path, value, layer }) => [path, shown(value), layer]);
    await write(streams.out, table(['setting', 'value', 'source'], rows));
  }
  return exitStatus.succeeded;
}

/** Everything that is wrong with the settings, those of the chosen vendor included. */
export function problemsOf(sources: ConfigSources): readonly ConfigurationProblem[] {
  const checked = checkConfiguration(configurationOptions(sources));
  if (checked.outcome === 'invalid') return checked.problems;
  const problem = vendorProblem(checked.configuration);
  if (problem === undefined) return [];
  const { path, error } = problem;
  const layer = checked.configuration.describe().find((setting) => setting.path === path)?.layer ?? 'default';
  return [{ path, layer, message: error.message }];
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
