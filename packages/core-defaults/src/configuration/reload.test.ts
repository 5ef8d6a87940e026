import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigurationSection, type MonitoringProvider, Redacted } from '@quantumtrade/core-traits';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createConfigurationProvider } from './create-configuration-provider.ts';
import type { ConfigurationChange, LayeredConfiguration } from './layered-configuration.ts';

const vendor = {
  path: 'vendor',
  schema: z.object({
    api_key: (z.instanceof(Redacted) as unknown as z.ZodType<Redacted<string>>).optional(),
    url: z.string().default('http://localhost'),
  }),
  keys: ['api_key', 'url'],
  secrets: ['api_key'],
} satisfies ConfigurationSection<unknown>;

const limits = {
  path: 'limits',
  schema: z
    .object({
      low: z.coerce.number().default(1),
      high: z.coerce.number().default(10),
      names: z.array(z.string()).default([]),
    })
    .refine(({ low, high }) => low <= high, { error: 'low is above high' }),
  keys: ['low', 'high', 'names'],
} satisfies ConfigurationSection<unknown>;

const root = mkdtempSync(join(tmpdir(), 'reload-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let file: string;
let keyFile: string;
let environment: Record<string, string>;
let configuration: LayeredConfiguration;
let changes: ConfigurationChange[];
beforeEach(() => {
  const directory = mkdtempSync(join(root, 'case-'));
  file = join(directory, 'app.yaml');
  keyFile = join(directory, 'key');
  writeFileSync(file, 'limits: { low: 2, high: 5 }\n');
  writeFileSync(keyFile, 'key-one\n');
  environment = { APP_VENDOR__API_KEY_FILE: keyFile };
  configuration = createConfigurationProvider({
    sections: [vendor, limits],
    environmentPrefix: 'APP_',
    environment,
    file,
  });
  changes = [];
  configuration.onChange((change) => changes.push(change));
});

describe('reloading', () => {
  it('puts changed settings in force, and says which and in which version', () => {
    expect(configuration.version).toBe(1);
    writeFileSync(file, 'limits: { low: 3, high: 5, names: [a] }\nvendor: { url: "http://other" }\n');
    const applied = { version: 2, changed: ['vendor.url', 'limits.low', 'limits.names'] };
    expect(configuration.reload()).toEqual({ outcome: 'applied', ...applied });
    expect(changes).toEqual([applied]);
    expect(configuration.version).toBe(2);
    expect(configuration.getConfigSection(limits)).toEqual({ low: 3, high: 5, names: ['a'] });
    expect(configuration.getString('vendor.url')).toBe('http://other');
  });

  it('changes nothing where nothing differs: the same version, the same sections, nobody told', () => {
    const before = [configuration.getConfigSection(vendor), configuration.getConfigSection(limits)];
    writeFileSync(file, '# the same in other words\nlimits:\n  high: 5\n  low: 2\n  names: []\n');
    expect(configuration.reload()).toEqual({ outcome: 'applied', version: 1, changed: [] });
    expect(configuration.getConfigSection(vendor)).toBe(before[0]);
    expect(configuration.getConfigSection(limits)).toBe(before[1]);
    expect(changes).toEqual([]);
    expect(configuration.describe()).toContainEqual({ path: 'limits.names', value: [], layer: `file ${file}` });
  });

  it('keeps the sections that have not changed as the objects they were', () => {
    const before = configuration.getConfigSection(vendor);
    writeFileSync(file, 'limits: { low: 1 }\n');
    configuration.reload();
    expect(configuration.getConfigSection(vendor)).toBe(before);
  });

  it.each([
    [
      'a rule across settings',
      () => writeFileSync(file, 'limits: { low: 9, high: 3 }\nvendor: { url: x }\n'),
      'low is above high',
    ],
    ['an unknown name', () => writeFileSync(file, 'limits: { lwo: 1 }\n'), 'did you mean limits.low?'],
    ['a broken file', () => writeFileSync(file, 'limits: { low: 1\n'), 'line 2'],
    ['a missing file', () => rmSync(file), 'does not exist'],
    ['a missing secret file', () => rmSync(keyFile), 'cannot be read (ENOENT)'],
    ['an empty secret file', () => writeFileSync(keyFile, ''), 'is empty'],
  ])('refuses %s and stays with the running version', (_what, breakIt, problem) => {
    const before = [configuration.getConfigSection(vendor), configuration.getConfigSection(limits)];
    breakIt();
    const outcome = configuration.reload();
    expect(outcome).toMatchObject({ outcome: 'refused', version: 1 });
    expect(JSON.stringify(outcome)).toContain(problem);
    expect([configuration.getConfigSection(vendor), configuration.getConfigSection(limits)]).toEqual(before);
    expect(configuration.getConfigSection(limits)).toBe(before[1]);
    expect(configuration.getSecret('vendor.api_key')?.reveal()).toBe('key-one');
    expect(changes).toEqual([]);
    writeFileSync(file, 'limits: { low: 4, high: 5 }\n');
    writeFileSync(keyFile, 'key-one');
    expect(configuration.reload()).toMatchObject({ outcome: 'applied', version: 2, changed: ['limits.low'] });
  });

  it('reports all problems of all layers at once', () => {
    writeFileSync(file, 'limits: { low: much }\nother: {}\n');
    rmSync(keyFile);
    const outcome = configuration.reload();
    expect(outcome.outcome === 'refused' && outcome.problems.map(({ path }) => path)).toEqual([
      'other',
      'vendor.api_key',
      'limits.low',
    ]);
  });

  it('rotates a secret and remembers the old one for redactors', () => {
    const before = configuration.getSecret('vendor.api_key');
    writeFileSync(keyFile, 'key-two\n');
    expect(configuration.reload()).toMatchObject({ changed: ['vendor.api_key'] });
    expect(configuration.getSecret('vendor.api_key')?.reveal()).toBe('key-two');
    expect(configuration.getConfigSection(vendor).api_key?.reveal()).toBe('key-two');
    expect(before?.reveal()).toBe('key-one');
    expect(configuration.secrets()).toEqual(['key-two', 'key-one']);
  });

  it('reads the environment again', () => {
    environment.APP_LIMITS__HIGH = '8';
    expect(configuration.reload()).toMatchObject({ changed: ['limits.high'] });
    delete environment.APP_VENDOR__API_KEY_FILE;
    expect(configuration.reload()).toMatchObject({ version: 3, changed: ['vendor.api_key'] });
    expect(configuration.getSecret('vendor.api_key')).toBeUndefined();
  });
});

describe('listeners', () => {
  it('hear nothing more once they are taken away', () => {
    const heard: string[] = [];
    const stop = configuration.onChange(() => heard.push('one'));
    stop();
    stop();
    writeFileSync(file, 'limits: {}\n');
    configuration.reload();
    expect([heard, changes.length]).toEqual([[], 1]);
  });

  it('see the new settings, and one that throws stops neither the others nor the reload', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    configuration.onChange(() => {
      throw new Error('broken by key-one');
    });
    const seen: unknown[] = [];
    configuration.onChange(() => seen.push(configuration.getInteger('limits.high')));
    writeFileSync(file, 'limits: { high: 7 }\n');
    expect(configuration.reload()).toMatchObject({ outcome: 'applied' });
    expect(seen).toEqual([7]);
    expect(warned).toHaveBeenCalledWith('a listener to configuration changes failed: broken by [redacted]');
    warned.mockRestore();
  });
});

/** A clock whose sleepers wake when the test says so, and then run until they sleep again. */
function steppedClock() {
  let wake: (() => void) | undefined;
  return {
    sleep: (_milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        wake = resolve;
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
    step: async (times = 1): Promise<void> => {
      for (let time = 0; time < times; time++) {
        wake?.();
        wake = undefined;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    sleeping: () => wake !== undefined,
  };
}

function recorder() {
  const logged: unknown[][] = [];
  const note = (level: string) => (message: string, context?: unknown) => void logged.push([level, message, context]);
  const ignore = () => undefined;
  const monitoring: MonitoringProvider = {
    recordMetric: ignore,
    recordCounter: ignore,
    recordTiming: ignore,
    logInfo: note('info'),
    logWarn: note('warn'),
    logError: note('error'),
  };
  return { logged, monitoring };
}

describe('watching', () => {
  it('applies a change of the file once it has settled, and logs it', async () => {
    const clock = steppedClock();
    const { logged, monitoring } = recorder();
    const watch = configuration.watch({ clock, monitoring });
    await clock.step(3);
    expect(configuration.version).toBe(1);
    writeFileSync(file, 'limits: { high: 6 }\n');
    await clock.step();
    expect(configuration.version).toBe(1);
    await clock.step();
    expect([configuration.version, configuration.getInteger('limits.high')]).toEqual([2, 6]);
    expect(logged).toEqual([
      ['info', 'changed settings are in force', { version: 2, changed: ['limits.low', 'limits.high'] }],
    ]);
    watch.close();
  });

  it('waits while a file is still being written', async () => {
    const clock = steppedClock();
    const watch = configuration.watch({ clock });
    for (let high = 11; high < 16; high++) {
      writeFileSync(file, `limits: { high: ${high} }\n`.repeat(1));
      await clock.step();
      expect(configuration.version).toBe(1);
    }
    await clock.step();
    expect(configuration.getInteger('limits.high')).toBe(15);
    watch.close();
  });

  it('follows an editor that puts a new file in place of the old one', async () => {
    const clock = steppedClock();
    const watch = configuration.watch({ clock });
    for (const high of [7, 8]) {
      writeFileSync(`${file}.new`, `limits: { low: 2, high: ${high} }\n`);
      renameSync(`${file}.new`, file);
      await clock.step(2);
      expect(configuration.getInteger('limits.high')).toBe(high);
    }
    watch.close();
  });

  it('rotates a secret whose file is a link that moves, as container platforms do it', async () => {
    const clock = steppedClock();
    rmSync(keyFile);
    writeFileSync(`${keyFile}.1`, 'key-one');
    writeFileSync(`${keyFile}.2`, 'key-two');
    symlinkSync(`${keyFile}.1`, keyFile);
    const watch = configuration.watch({ clock });
    await clock.step(2);
    symlinkSync(`${keyFile}.2`, `${keyFile}.new`);
    renameSync(`${keyFile}.new`, keyFile);
    await clock.step(2);
    expect(configuration.getSecret('vendor.api_key')?.reveal()).toBe('key-two');
    watch.close();
  });

  it('reports a refused change once, stays with the running version, and takes the next good one', async () => {
    const clock = steppedClock();
    const { logged, monitoring } = recorder();
    const watch = configuration.watch({ clock, monitoring });
    await clock.step(2);
    writeFileSync(file, 'limits: { low: 9, high: 3 }\n');
    await clock.step(6);
    expect(logged).toEqual([
      [
        'error',
        'changed settings are refused, the running ones stay',
        { version: 1, problems: [`limits (file ${file}): low is above high`] },
      ],
    ]);
    expect(configuration.getInteger('limits.low')).toBe(2);
    writeFileSync(file, 'limits: { low: 3, high: 9 }\n');
    await clock.step(2);
    expect(configuration.getInteger('limits.low')).toBe(3);
    watch.close();
  });

  it('survives files that go away and come back', async () => {
    const clock = steppedClock();
    const { logged, monitoring } = recorder();
    const watch = configuration.watch({ clock, monitoring });
    rmSync(file);
    await clock.step(3);
    expect(logged).toMatchObject([
      ['error', expect.anything(), { problems: [expect.stringContaining('does not exist')] }],
    ]);
    writeFileSync(file, 'limits: { low: 2, high: 12 }\n');
    await clock.step(2);
    expect(configuration.getInteger('limits.high')).toBe(12);
    watch.close();
  });

  it('notices what changed between the start and the watching', async () => {
    const clock = steppedClock();
    writeFileSync(keyFile, 'key-two');
    const watch = configuration.watch({ clock });
    await clock.step(2);
    expect(configuration.getSecret('vendor.api_key')?.reveal()).toBe('key-two');
    watch.close();
  });

  it('goes on when a listener or the monitoring fails', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const clock = steppedClock();
    const { monitoring } = recorder();
    const logInfo = () => {
      throw new Error('disk full');
    };
    const watch = configuration.watch({ clock, monitoring: { ...monitoring, logInfo } });
    for (const high of [7, 8]) {
      writeFileSync(file, `limits: { low: 2, high: ${high} }\n`);
      await clock.step(2);
      expect(configuration.getInteger('limits.high')).toBe(high);
    }
    expect(warned).toHaveBeenCalledTimes(2);
    warned.mockRestore();
    watch.close();
  });

  it('ends when it is closed, and may be closed again', async () => {
    const clock = steppedClock();
    const watch = configuration.watch({ clock });
    await clock.step();
    watch.close();
    watch.close();
    writeFileSync(file, 'limits: { high: 6 }\n');
    await clock.step(4);
    expect(configuration.version).toBe(1);
    expect(clock.sleeping()).toBe(false);
  });

  it('works with the real clock', async () => {
    const watch = configuration.watch({ intervalMs: 2 });
    const changed = new Promise((resolve) => configuration.onChange(resolve));
    writeFileSync(keyFile, 'key-two');
    expect(await changed).toEqual({ version: 2, changed: ['vendor.api_key'] });
    watch.close();
  });
});
