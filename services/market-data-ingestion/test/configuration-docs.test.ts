import { readFile } from 'node:fs/promises';
import { createConfigurationProvider } from '@quantumtrade/core-defaults';
import { describe, expect, it } from 'vitest';
import { environmentPrefix, sections } from '../src/index.ts';

const page = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
const documented = new Map(
  [...page.matchAll(/^\| `([a-z_.]+)` \| ([^|]*) \|/gm)].map((row) => [row[1], row[2]?.trim()]),
);

describe('docs/configuration.md', () => {
  it('names every setting and no other', () => {
    const known = sections.flatMap(({ path, keys }) => keys.map((key) => `${path}.${key}`));
    expect([...documented.keys()].sort()).toEqual(known.sort());
  });

  it('says the defaults that the service has', () => {
    const provider = createConfigurationProvider({ sections, environmentPrefix });
    // Its default depends on another setting; the quota applies it.
    const decidedElsewhere = new Set(['rate_limits.calls_per_day']);
    for (const section of sections) {
      const values = provider.getConfigSection(section) as Record<string, unknown>;
      for (const key of section.keys) {
        const setting = `${section.path}.${key}`;
        const value = key.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], values);
        const text = Array.isArray(value) ? value.join(', ') : String(value ?? '');
        if (!decidedElsewhere.has(setting))
          expect([setting, documented.get(setting)]).toEqual([setting, text || 'none']);
      }
    }
  });
});
