import type { ConfigurationOptions } from '@quantumtrade/core-defaults';
import { environmentAliases, environmentPrefix, sections } from './sections.ts';

/** Where the service's settings are looked up: the file, then the environment. */
export function configurationOptions(sources: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: string | undefined;
}): ConfigurationOptions {
  return { sections, environmentPrefix, aliases: environmentAliases, ...sources };
}
