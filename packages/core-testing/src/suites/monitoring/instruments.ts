import type { Instrument } from '@quantumtrade/core-traits';

/** The suite's counter. */
export const suiteCounter: Instrument = {
  name: 'suite_calls_total',
  kind: 'counter',
  help: 'Calls of the suite.',
  labels: { outcome: ['ok', 'failed'] },
};

/** The suite's gauge. */
export const suiteGauge: Instrument = { name: 'suite_depth', kind: 'gauge', help: 'Depth of the suite.' };

/** The suite's durations. */
export const suiteTiming: Instrument = {
  name: 'suite_duration_seconds',
  kind: 'timing',
  help: 'Duration of the suite.',
};
