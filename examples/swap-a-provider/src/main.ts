/**
 * Two things that the contracts make possible: a service of another field built on the kit, and a host that puts its own
 * provider into the ingestion service. Run it with `pnpm example:swap-a-provider`; it needs no network and leaves
 * nothing behind.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  systemClock as clock,
  createConfigurationProvider,
  createErrorHandler,
  createMonitoring,
  errorsTotal,
} from '@quantumtrade/core-defaults';
import { ServiceError } from '@quantumtrade/core-traits';
import { InProcessCache } from '@quantumtrade/database-abstraction';
import { alarmSection } from './alarm/alarm-settings.ts';
import { readings, type Sensor, TemperatureAlarm } from './alarm/temperature-alarm.ts';
import { composeHost } from './host/composition.ts';
import { TallyMonitoring } from './host/tally-monitoring.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Fails once in passing, reads twice, and is gone from then on. */
function unreliableSensor(): Sensor {
  const answers: (number | undefined)[] = [undefined, 31.5, 22];
  return {
    read: async () => {
      const celsius = answers.shift();
      if (celsius !== undefined) return celsius;
      throw new ServiceError({ kind: 'externalApi', reason: 'outage', message: 'no answer', api: 'sensor' });
    },
  };
}

async function runAlarm(): Promise<void> {
  const monitoring = createMonitoring({
    service: 'temperature-alarm',
    instruments: [readings, errorsTotal],
    level: 'silent',
  });
  const alarm = new TemperatureAlarm({
    configuration: createConfigurationProvider({
      sections: [alarmSection],
      environment: process.env,
      environmentPrefix: 'TEMPERATURE_',
    }),
    errorHandler: createErrorHandler({ monitoring, clock, policy: { baseDelayMs: 10 } }),
    monitoring,
    clock,
    cache: new InProcessCache({ clock, defaultTtlSeconds: 600, maxEntries: 100 }),
    sensor: unreliableSensor(),
  });
  await alarm.start();
  print(`greenhouse, after a second try: ${(await alarm.isTooWarm('greenhouse')) ? 'too warm' : 'fine'}`);
  print(`cellar, at once: ${(await alarm.isTooWarm('cellar')) ? 'too warm' : 'fine'}`);
  print(`greenhouse, from the cache: ${(await alarm.isTooWarm('greenhouse')) ? 'too warm' : 'fine'}`);
  print(`health: ${(await alarm.health.healthCheck()).status}`);
  await alarm.stop();
}

async function runHost(): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'swap-a-provider-'));
  const monitoring = new TallyMonitoring();
  try {
    const { service, close } = composeHost(monitoring, dataDirectory);
    try {
      await service.start();
      const { stored } = await service.collectSymbolData('AAPL', 'daily');
      print(`collected ${stored} bars; the host counted ${monitoring.total('data_points_stored_total')}`);
    } finally {
      await close();
    }
    print(`the host heard: ${monitoring.lines.join(', ')}`);
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
}

print('A temperature alarm built on the kit');
await runAlarm();
print('\nThe ingestion service with the monitoring of its host');
await runHost();
