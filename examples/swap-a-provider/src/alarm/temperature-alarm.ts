import { HealthRegistry } from '@quantumtrade/core-defaults';
import * as traits from '@quantumtrade/core-traits';
import { alarmSection } from './alarm-settings.ts';

/** A thermometer in each room; it may fail with a `ServiceError`. */
export interface Sensor {
  read(room: string, key: traits.Redacted | undefined): Promise<number>;
}

export interface TemperatureAlarmDependencies {
  readonly configuration: traits.ConfigurationProvider;
  readonly errorHandler: traits.ErrorHandler;
  readonly monitoring: traits.MonitoringProvider;
  readonly clock: traits.Clock;
  readonly cache: traits.Cache;
  readonly sensor: Sensor;
}

export const readings: traits.Instrument = {
  name: 'temperature_readings_total',
  kind: 'counter',
  help: 'Readings, by where they came from.',
  labels: { source: ['sensor', 'cache'] },
};

/** Says whether a room is too warm. What cannot be read is tried again, then taken from the cache, as is decided. */
export class TemperatureAlarm implements traits.Lifecycle {
  readonly health: traits.HealthCheckable;
  readonly #dependencies: TemperatureAlarmDependencies;
  #running: AbortController | undefined;
  #failure: traits.ServiceError | undefined;

  constructor(dependencies: TemperatureAlarmDependencies) {
    this.#dependencies = dependencies;
    const check = (): traits.ComponentReport =>
      this.#failure === undefined
        ? { status: 'healthy', message: '' }
        : { status: 'degraded', message: this.#failure.message };
    const checks = [{ name: 'sensor', critical: true, check }];
    this.health = new HealthRegistry({ ...dependencies, serviceName: 'temperature-alarm', version: '1.0.0', checks });
  }

  async start(): Promise<void> {
    this.#running ??= new AbortController();
  }

  /** Ends waits between attempts too. */
  async stop(): Promise<void> {
    this.#running?.abort(notRunning());
    this.#running = undefined;
  }

  /** @throws ServiceError when neither the sensor nor the cache can tell, or the alarm is not running. */
  async isTooWarm(room: string): Promise<boolean> {
    const { configuration, monitoring } = this.#dependencies;
    if (this.#running === undefined) throw notRunning();
    const celsius = await this.#temperature(room, this.#running.signal);
    const { limit_celsius: limit } = configuration.getConfigSection(alarmSection);
    if (celsius > limit) monitoring.logWarn('too warm', { room, celsius, limit });
    return celsius > limit;
  }

  async #temperature(room: string, signal: AbortSignal): Promise<number> {
    const { cache, clock, configuration, errorHandler, monitoring, sensor } = this.#dependencies;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const celsius = await sensor.read(room, configuration.getConfigSection(alarmSection).sensor_key);
        this.#failure = undefined;
        monitoring.recordCounter(readings, 1, { source: 'sensor' });
        await cache.cacheSet(room, String(celsius), 600).catch(() => {});
        return celsius;
      } catch (thrown) {
        const error = traits.toServiceError(thrown);
        this.#failure = error;
        const context = { service: 'temperature-alarm', operation: 'read', timestamp: clock.now(), attempt };
        const decision = errorHandler.handleError(error, context);
        if (decision.action === 'retry') {
          await clock.sleep(decision.delayMs, signal);
          continue;
        }
        const known = decision.action === 'useCache' ? await cache.cacheGet(room).catch(() => undefined) : undefined;
        if (known === undefined) throw error;
        monitoring.recordCounter(readings, 1, { source: 'cache' });
        return Number(known);
      }
    }
  }
}

function notRunning(): traits.ServiceError {
  const message = 'the alarm is not running: call start() first';
  return new traits.ServiceError({ kind: 'system', reason: 'notRunning', message });
}
