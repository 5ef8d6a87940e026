import { type ConfigurationSection, Redacted, ServiceError } from '@quantumtrade/core-traits';
import { createRedactor } from '../monitoring/redactor.ts';
import { type Aliases, aliasNames, readAliases } from './alias-layer.ts';
import { type Environment, readPrefixedEnvironment } from './environment-layer.ts';
import { KnownSettings } from './known-settings.ts';
import { type Layer, mergeLayers } from './layer.ts';
import { LayeredConfiguration } from './layered-configuration.ts';
import { validateSection } from './section-validation.ts';
import { TableLayer } from './table-layer.ts';
import { readTomlFile } from './toml-file.ts';

/** Where settings come from. Later fields win over earlier ones; the schemas' defaults are weakest. */
export interface ConfigurationOptions {
  /** Every section that may be asked for; all are validated at once. */
  readonly sections: readonly ConfigurationSection<unknown>[];
  /** Path of a TOML file. A file that is named must exist. */
  readonly file?: string | undefined;
  /** Environment variables, normally `process.env`; none are read when left out. */
  readonly environment?: Environment | undefined;
  /** Start of the variables' names, such as `MARKET_DATA_`. */
  readonly environmentPrefix: string;
  /** Further variables by name, each with the dotted path that it sets. */
  readonly aliases?: Aliases | undefined;
  /** Values by dotted path, such as command-line options. An `undefined` value sets nothing. */
  readonly overrides?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Reads, merges and validates all settings, so that a process that starts has a sound configuration.
 *
 * Environment values reach the schemas as text: a schema that expects a number accepts its text form too.
 *
 * @throws ServiceError `configuration`: `fileNotFound`, `fileUnreadable` or `invalidFile` for the file, otherwise
 * `invalidConfiguration` with all problems of all layers and sections in one line.
 */
export function createConfigurationProvider(options: ConfigurationOptions): LayeredConfiguration {
  const { environment = {}, aliases = {} } = options;
  const sections = [...new Set(options.sections)];
  const known = new KnownSettings(sections);
  const layers: Layer[] = [
    fileLayer(known, options.file),
    readPrefixedEnvironment({ known, environment, prefix: options.environmentPrefix, except: aliasNames(aliases) }),
    readAliases({ known, environment, aliases }),
    overrideLayer(known, options.overrides),
  ];
  const merged = mergeLayers(layers);
  const problems = [...declaredTwice(sections), ...layers.flatMap((layer) => layer.problems)];
  const secrets = secretsOf(known, layers);
  const redact = createRedactor(() => secrets);
  const outputs = new Map<string, unknown>();
  for (const section of sections) {
    const outcome = validateSection(section, merged, redact);
    if (outcome.problems === undefined) outputs.set(section.path, outcome.output);
    else problems.push(...outcome.problems);
  }
  if (problems.length === 0) return new LayeredConfiguration({ known, merged, outputs, secrets });
  throw new ServiceError({
    kind: 'configuration',
    reason: 'invalidConfiguration',
    message: problems.join('; '),
  });
}

function fileLayer(known: KnownSettings, file: string | undefined): Layer {
  const layer = new TableLayer({ known, layer: `file ${file}` });
  if (file !== undefined) layer.addTable(readTomlFile(file));
  return layer;
}

function overrideLayer(known: KnownSettings, overrides: Readonly<Record<string, unknown>> = {}): Layer {
  const layer = new TableLayer({ known, layer: 'override' });
  layer.addTable(overrides);
  return layer;
}

function declaredTwice(sections: readonly ConfigurationSection<unknown>[]): string[] {
  const paths = sections.map((section) => section.path);
  const repeated = new Set(paths.filter((path, index) => paths.indexOf(path) !== index));
  return [...repeated].map((path) => `section ${path} is declared twice`);
}

function secretsOf(known: KnownSettings, layers: readonly Layer[]): string[] {
  const found: string[] = [];
  for (const layer of layers) {
    for (const [path, { value }] of layer.values) {
      if (known.get(path)?.secret !== true) continue;
      const text: unknown = value instanceof Redacted ? value.reveal() : value;
      if (typeof text === 'string' || typeof text === 'number') found.push(String(text));
    }
  }
  return found;
}
