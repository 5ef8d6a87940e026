import {
  type Clock,
  type ConfigurationProvider,
  type ConfigurationSection,
  type MonitoringProvider,
  Redacted,
  ServiceError,
} from '@quantumtrade/core-traits';
import { systemClock } from '../lifecycle/system-clock.ts';
import { createRedactor } from '../monitoring/redactor.ts';
import { messageOf } from '../text.ts';
import type { LoadedSettings } from './load-settings.ts';
import type { ConfigurationProblem } from './problem.ts';
import type { SettingsSnapshot } from './settings-snapshot.ts';
import { watchFiles } from './watch-files.ts';

/** One effective setting, fit to be shown. */
export interface DescribedSetting {
  /** Full dotted path. */
  readonly path: string;
  /** The value in force; `[redacted]` for a secret. */
  readonly value: unknown;
  /** Where it came from: `default`, `file …`, `environment …` or `override`. */
  readonly layer: string;
}

/** A change of the effective settings. */
export interface ConfigurationChange {
  /** The version that is in force now. */
  readonly version: number;
  /** Full dotted paths of the settings whose effective values differ from the version before. */
  readonly changed: readonly string[];
}

/** What came of reading the settings again. */
export type ReloadOutcome =
  /** The settings are in force. Where none differs, `changed` is empty and the version stays. */
  | ({ readonly outcome: 'applied' } & ConfigurationChange)
  /** Nothing has changed: `version` goes on. */
  | { readonly outcome: 'refused'; readonly version: number; readonly problems: readonly ConfigurationProblem[] };

/** How to watch the files of a configuration. */
export interface WatchOptions {
  /** @default the system's clock */
  readonly clock?: Pick<Clock, 'sleep'> | undefined;
  /** Told of every change and every refusal. */
  readonly monitoring?: MonitoringProvider | undefined;
  /**
   * Milliseconds between two looks. A change is read once the files have stayed the same from one look to the next, so
   * that no half-written file counts.
   * @default 1000
   */
  readonly intervalMs?: number | undefined;
}

/** Watching that can be ended. */
export interface ConfigurationWatch {
  /** Ends the watching. Calling it again does nothing. */
  close(): void;
}

/** Secrets beyond this number are forgotten, oldest first, so that endless rotation does not fill the memory. */
const mostSecrets = 1_000;

/**
 * Settings merged from layers and validated whole. Each version is immutable; `reload` and `watch` replace it by the
 * next one at once, or not at all. Make one with `createConfigurationProvider`.
 */
export class LayeredConfiguration implements ConfigurationProvider {
  readonly #load: () => LoadedSettings;
  readonly #listeners = new Set<(change: ConfigurationChange) => void>();
  #snapshot: SettingsSnapshot;
  #files: readonly string[];
  #version = 1;
  #secrets: readonly string[];

  constructor(dependencies: {
    readonly snapshot: SettingsSnapshot;
    /** The files that the snapshot was read from. */
    readonly files: readonly string[];
    /** Reads all layers again. */
    readonly load: () => LoadedSettings;
  }) {
    this.#snapshot = dependencies.snapshot;
    this.#files = dependencies.files;
    this.#load = dependencies.load;
    this.#secrets = dependencies.snapshot.secrets;
  }

  /** Starts at 1 and grows by one with every change. */
  get version(): number {
    return this.#version;
  }

  getString(path: string): string | undefined {
    return this.#get(path, 'text', (value) => (typeof value === 'string' ? value : undefined));
  }

  getInteger(path: string): number | undefined {
    return this.#get(path, 'a whole number of at least 0', (value) =>
      Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined,
    );
  }

  getBoolean(path: string): boolean | undefined {
    return this.#get(path, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  getSecret(path: string): Redacted<string> | undefined {
    return this.#get(path, 'a declared secret', (value) =>
      value instanceof Redacted ? (value as Redacted<string>) : undefined,
    );
  }

  getConfigSection<T>(section: ConfigurationSection<T>): T {
    const declared = this.#snapshot.known.sections.find(({ path }) => path === section.path);
    if (declared?.schema !== section.schema) {
      throw new ServiceError({
        kind: 'configuration',
        reason: 'unknownSection',
        message: `section ${section.path} was not declared${declared === undefined ? '' : ' with this schema'}: add it to the sections of the configuration provider`,
      });
    }
    return this.#snapshot.section(section.path) as T;
  }

  /** Every effective setting with the layer it came from, in the order of declaration; absent ones are left out. */
  describe(): readonly DescribedSetting[] {
    return [...this.#snapshot.known.all()].flatMap((setting) => {
      const value = this.#snapshot.effective(setting);
      if (value === undefined) return [];
      const layer = this.#snapshot.layerOf(setting.path);
      return [{ path: setting.path, value: value instanceof Redacted ? '[redacted]' : value, layer }];
    });
  }

  /**
   * The secrets themselves, those of earlier versions included (the newest thousand), for a redactor that keeps them
   * out of logs. Never write them anywhere.
   */
  secrets(): readonly string[] {
    return this.#secrets;
  }

  /**
   * Reads every layer again, validates everything, and puts it in force only when all of it is sound; otherwise the
   * running version stays. Sections without a changed setting stay the same objects. Never throws.
   */
  reload(): ReloadOutcome {
    const loaded = this.#load();
    this.#files = loaded.files;
    const { snapshot } = loaded;
    if (snapshot === undefined) return { outcome: 'refused', version: this.#version, problems: loaded.problems };
    const changed = this.#snapshot.changedIn(snapshot);
    this.#snapshot = snapshot.keepingSectionsOf(this.#snapshot, changed);
    this.#secrets = Object.freeze([...new Set([...snapshot.secrets, ...this.#secrets])].slice(0, mostSecrets));
    if (changed.length > 0) {
      this.#version++;
      this.#tell({ version: this.#version, changed });
    }
    return { outcome: 'applied', version: this.#version, changed };
  }

  /**
   * Calls `listener` after every change and returns how to stop that. What a listener throws becomes a warning of the
   * process; the others are called all the same.
   */
  onChange(listener: (change: ConfigurationChange) => void): () => void {
    const own = (change: ConfigurationChange): void => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /**
   * Looks at the configuration file and every secret's file from time to time and reloads when one has changed, was
   * replaced, or has come or gone. It looks at the files' states and waits for no events, so editors that write a new
   * file in place of the old one, links that move (as container platforms rotate secrets) and network file systems make
   * no difference. It goes on until it is closed.
   */
  watch(options: WatchOptions = {}): ConfigurationWatch {
    const { clock = systemClock, monitoring, intervalMs = 1_000 } = options;
    return watchFiles({
      files: () => this.#files,
      clock,
      intervalMs,
      onSettled: () => report(this.reload(), monitoring),
    });
  }

  #tell(change: ConfigurationChange): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        const redact = createRedactor(() => this.#secrets);
        process.emitWarning(redact(`a listener to configuration changes failed: ${messageOf(error)}`));
      }
    }
  }

  #get<T>(path: string, expected: string, read: (value: unknown) => T | undefined): T | undefined {
    const setting = this.#snapshot.known.get(path);
    const value = setting === undefined ? undefined : this.#snapshot.effective(setting);
    if (value === undefined || value === null) return undefined;
    const result = read(value);
    if (result !== undefined) return result;
    throw new ServiceError({
      kind: 'configuration',
      reason: 'wrongType',
      message: `${path} (${this.#snapshot.layerOf(path)}) is not ${expected}${value instanceof Redacted ? ': it is a secret, use getSecret' : ''}`,
    });
  }
}

function report(outcome: ReloadOutcome, monitoring: MonitoringProvider | undefined): void {
  if (outcome.outcome === 'refused') {
    const problems = outcome.problems.map(({ message }) => message);
    monitoring?.logError('changed settings are refused, the running ones stay', { version: outcome.version, problems });
  } else if (outcome.changed.length > 0) {
    const { version, changed } = outcome;
    monitoring?.logInfo('changed settings are in force', { version, changed });
  }
}
