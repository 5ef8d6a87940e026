import { ServiceError } from '@quantumtrade/core-traits';
import { KnownSettings } from './known-settings.ts';
import { LayeredConfiguration } from './layered-configuration.ts';
import { type ConfigurationOptions, loadSettings } from './load-settings.ts';
import type { ConfigurationProblem } from './problem.ts';

/** A configuration that may be used, or everything that is wrong with it. */
export type ConfigurationOutcome =
  | { readonly outcome: 'valid'; readonly configuration: LayeredConfiguration }
  | {
      readonly outcome: 'invalid';
      /** `fileNotFound`, `fileUnreadable`, `unknownFileFormat` or `invalidFile` for the file, otherwise `invalidConfiguration`. */
      readonly reason: string;
      readonly problems: readonly ConfigurationProblem[];
    };

/**
 * Reads, merges and validates all settings, so that a process that starts has a sound configuration.
 *
 * Environment values reach the schemas as text: a schema that expects a number accepts its text form too.
 *
 * @throws ServiceError `configuration` with the reasons of {@link ConfigurationOutcome} and all problems of all layers
 * and sections in one line.
 */
export function createConfigurationProvider(options: ConfigurationOptions): LayeredConfiguration {
  const checked = checkConfiguration(options);
  if (checked.outcome === 'valid') return checked.configuration;
  throw new ServiceError({
    kind: 'configuration',
    reason: checked.reason,
    message: checked.problems.map(({ message }) => message).join('; '),
  });
}

/** Does the same as {@link createConfigurationProvider} and gives the problems one by one instead of throwing. */
export function checkConfiguration(options: ConfigurationOptions): ConfigurationOutcome {
  const known = new KnownSettings([...new Set(options.sections)]);
  const load = () => loadSettings(options, known);
  const loaded = load();
  if (loaded.snapshot === undefined) return { outcome: 'invalid', reason: loaded.reason, problems: loaded.problems };
  const configuration = new LayeredConfiguration({ snapshot: loaded.snapshot, files: loaded.files, load });
  return { outcome: 'valid', configuration };
}
