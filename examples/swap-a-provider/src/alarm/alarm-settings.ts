import { type ConfigurationSection, Redacted } from '@quantumtrade/core-traits';
import { z } from 'zod';

/** What an operator may set: `ALARM_ALARM__LIMIT_CELSIUS=28`, or `[alarm]` in a file. */
export interface AlarmSettings {
  readonly limit_celsius: number;
  readonly sensor_key?: Redacted | undefined;
}

export const alarmSection: ConfigurationSection<AlarmSettings> = {
  path: 'alarm',
  schema: z.strictObject({
    limit_celsius: z.coerce.number().default(30),
    sensor_key: z.instanceof(Redacted<string>).optional(),
  }),
  keys: ['limit_celsius', 'sensor_key'],
  secrets: ['sensor_key'],
};
