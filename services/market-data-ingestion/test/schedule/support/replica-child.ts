import { systemClock } from '@quantumtrade/core-defaults';
import { FakeConfiguration, RecordingMonitoring } from '@quantumtrade/core-testing';
import { Redacted } from '@quantumtrade/core-traits';
import type { DatabaseManager } from '@quantumtrade/database-abstraction';
import { sections } from '../../../src/configuration/sections.ts';
import { connectRedisScripts } from '../../../src/quota/redis-scripts.ts';
import { createSchedule } from '../../../src/schedule/create-schedule.ts';

/** A replica in a process of its own, with one task that says when it begins and ends. */
const [socket = '', directory = ''] = process.argv.slice(2);
const off = { enabled: false };
const schedule = createSchedule({
  configProvider: new FakeConfiguration(
    {
      redis: { url: new Redacted('redis://127.0.0.1:1') },
      storage: { data_directory: directory, database: 'replicas' },
      schedule: { lease_seconds: 2, retry_seconds: 0.05, daily: off, weekly: off, backfill: off, maintenance: off },
    },
    { sections },
  ),
  service: { source: 'fake', collectSymbolData: () => Promise.reject(new Error('no task collects')) },
  databaseManager: {} as Pick<DatabaseManager, 'maintenance'>,
  monitoring: new RecordingMonitoring(),
  connectRedis: (_, settings) => connectRedisScripts(socket, settings),
  tasks: [
    {
      name: 'nightly',
      cron: '0 0 * * *',
      run: async ({ signal }) => {
        say('begun');
        await systemClock.sleep(300, signal);
        say('ended');
        return { summary: '', facts: {}, failed: 0, parts: 1 };
      },
    },
  ],
});

function say(word: string): void {
  process.stdout.write(`${word}\n`);
}

await schedule.start();
while (schedule.status()[0]?.last === undefined) await systemClock.sleep(20);
say('known');
await schedule.stop();
