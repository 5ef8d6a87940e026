import type { Instrument } from '@quantumtrade/core-traits';
import { coverageStates, intervals } from '@quantumtrade/shared-types';

/** What is measured of completeness. */
export const coverageInstruments: Readonly<Record<'sessions' | 'overdue', Instrument>> = {
  sessions: {
    name: 'coverage_sessions',
    kind: 'gauge',
    help: 'Sessions of the newest 30 days of all series that have bars, by what is known of them.',
    labels: { interval: intervals, state: coverageStates },
  },
  overdue: {
    name: 'coverage_overdue_sessions',
    kind: 'gauge',
    help: 'Those of them that are pending for longer than `coverage.max_pending_days`.',
    labels: { interval: intervals },
  },
};
