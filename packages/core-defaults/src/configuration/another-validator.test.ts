import { type ConfigurationSection, isServiceError, Redacted } from '@quantumtrade/core-traits';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { createConfigurationProvider } from './create-configuration-provider.ts';

/** A section whose validator is valibot, which shares nothing with zod but the Standard Schema interface. */
const gateway = {
  path: 'gateway',
  schema: v.strictObject({
    token: v.instance(Redacted),
    port: v.optional(
      v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.integer(), v.maxValue(65_535)),
      80,
    ),
    limits: v.optional(v.strictObject({ perSecond: v.optional(v.number(), 5) }), {}),
  }),
  keys: ['token', 'port', 'limits.perSecond'],
  secrets: ['token'],
} satisfies ConfigurationSection<unknown>;

function provider(environment: Readonly<Record<string, string>>) {
  return createConfigurationProvider({ sections: [gateway], environmentPrefix: 'APP_', environment });
}

describe('a section whose schema is made with valibot', () => {
  it('is filled, converted and given its defaults', () => {
    const configuration = provider({ APP_GATEWAY__TOKEN: 'open-sesame', APP_GATEWAY__PORT: '8080' });
    const section: { readonly port: number; readonly limits: { readonly perSecond: number } } =
      configuration.getConfigSection(gateway);
    expect(section).toMatchObject({ port: 8_080, limits: { perSecond: 5 } });
    expect(configuration.getSecret('gateway.token')?.reveal()).toBe('open-sesame');
    expect(JSON.stringify(section)).not.toContain('open-sesame');
  });

  it('has its issues reported with path and layer, all at once and without values', () => {
    try {
      provider({ APP_GATEWAY__PORT: '70000' });
      expect.unreachable('the configuration was accepted');
    } catch (error) {
      if (!isServiceError(error)) throw error;
      expect(error.reason).toBe('invalidConfiguration');
      expect(error.message).toMatch(/gateway\.token \(default\): .*; gateway\.port \(environment.*\): /);
    }
  });
});
