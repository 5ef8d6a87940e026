import type { ConfigurationSection, Redacted, SchemaIssue, SchemaResult } from '@quantumtrade/core-traits';

/** What the suite's section holds. */
export interface SuiteSettings {
  readonly name: string | undefined;
  readonly retries: number;
  readonly enabled: boolean | undefined;
  readonly api_key: Redacted | undefined;
  readonly limits: { readonly daily: number; readonly hourly?: number };
}

/** The section that the configuration suite declares. Its schema takes numbers and flags in their text form too. */
export const suiteSection: ConfigurationSection<SuiteSettings> = {
  path: 'suite_vendor',
  keys: ['name', 'retries', 'enabled', 'api_key', 'limits.daily', 'limits.hourly'],
  secrets: ['api_key'],
  schema: { '~standard': { version: 1, vendor: 'core-testing', validate } },
};

/** A section that the suite never declares. */
export const otherSection: ConfigurationSection<object> = {
  path: 'suite_other',
  keys: ['name'],
  schema: { '~standard': { version: 1, vendor: 'core-testing', validate: () => ({ value: {} }) } },
};

/** A section against the rules: configuration is read without waiting. */
export const asynchronousSection: ConfigurationSection<object> = {
  path: 'suite_later',
  keys: ['name'],
  schema: { '~standard': { version: 1, vendor: 'core-testing', validate: async () => ({ value: {} }) } },
};

function validate(value: unknown): SchemaResult<SuiteSettings> {
  const { name, retries = 3, enabled, api_key, limits = {} } = value as Record<string, unknown>;
  const { daily = 25, hourly } = limits as Record<string, unknown>;
  const issues: SchemaIssue[] = [];
  const number = (given: unknown, path: readonly string[]): number => {
    const read = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
    if (typeof read === 'number' && !Number.isNaN(read)) return read;
    issues.push({ message: 'must be a number', path });
    return 0;
  };
  const settings: SuiteSettings = {
    name: name as string | undefined,
    retries: number(retries, ['retries']),
    enabled: typeof enabled === 'string' ? enabled === 'true' : (enabled as boolean | undefined),
    api_key: api_key as Redacted | undefined,
    limits: {
      daily: number(daily, ['limits', 'daily']),
      ...(hourly === undefined ? {} : { hourly: number(hourly, ['limits', 'hourly']) }),
    },
  };
  return issues.length === 0 ? { value: settings } : { issues };
}
