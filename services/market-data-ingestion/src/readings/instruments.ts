import type { Instrument } from '@quantumtrade/core-traits';
import { intervals } from '@quantumtrade/shared-types';
import { providers } from '../collectors/providers.ts';

/** What is read of a running service rather than counted. */
export const readingInstruments: Readonly<Record<'health' | 'lag', Instrument>> = {
  health: {
    name: 'component_health',
    kind: 'gauge',
    help: 'How a component is when metrics are read: 1 healthy, 0.5 degraded, 0 unhealthy or without an answer.',
    labels: { component: ['clickhouse', 'redis', 'spool', ...providers] },
  },
  lag: {
    name: 'ingestion_lag_seconds',
    kind: 'gauge',
    help: 'Time since the opening of the newest bar that this process has kept.',
    labels: { interval: intervals },
  },
};
