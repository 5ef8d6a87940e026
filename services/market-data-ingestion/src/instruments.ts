import { errorsTotal } from '@quantumtrade/core-defaults';
import type { Instrument } from '@quantumtrade/core-traits';
import { cacheInstruments } from '@quantumtrade/database-abstraction';
import { corporateActionKinds, intervals } from '@quantumtrade/shared-types';
import { alpacaInstruments } from './collectors/alpaca/instruments.ts';
import { alphaVantageInstruments } from './collectors/alpha-vantage/instruments.ts';
import { providerInstruments } from './collectors/shared/provider-instruments.ts';
import { coverageInstruments } from './coverage/instruments.ts';
import { httpInstruments } from './http/instruments.ts';
import { jobInstruments } from './jobs/instruments.ts';
import { rules } from './processors/rules.ts';
import { quotaInstruments } from './quota/instruments.ts';
import { readingInstruments } from './readings/instruments.ts';
import { scheduleInstruments } from './schedule/instruments.ts';
import { refusedByStore } from './storage/batch-writer.ts';
import { spoolInstruments } from './storage/instruments.ts';

const interval = intervals;
const kind = ['configuration', 'database', 'externalApi', 'rateLimit', 'dataQuality', 'system'];

type CollectionInstrument =
  | 'attempts'
  | 'failures'
  | 'duration'
  | 'rawPoints'
  | 'processedPoints'
  | 'storedPoints'
  | 'unchangedPoints'
  | 'duplicates'
  | 'quarantined'
  | 'brokenRules'
  | 'quality'
  | 'scores'
  | 'processing'
  | 'storing'
  | 'recordsLost'
  | 'gapsFound';

/** What a collection counts. Symbols are unbounded and belong into logs, not here. */
export const collectionInstruments: Readonly<Record<CollectionInstrument, Instrument>> = {
  attempts: counter('data_collection_attempts_total', 'Collections that were begun.', { interval }),
  failures: counter('data_collection_failures_total', 'Collections that ended in an error.', { interval, kind }),
  duration: timing('data_collection_duration_seconds', 'From the call to its result.', { interval }),
  rawPoints: counter('raw_data_points_collected_total', 'Rows in vendor payloads.', { interval }),
  processedPoints: counter('data_points_processed_total', 'Rows that passed conversion and scoring.', { interval }),
  storedPoints: counter('data_points_stored_total', 'New bars and new versions stored.', { interval }),
  unchangedPoints: counter('data_points_unchanged_total', 'Rows equal to the newest stored version.', { interval }),
  duplicates: counter('duplicates_removed_total', 'Rows that repeat another row of their payload.', { interval }),
  quarantined: counter('data_quality_failures_total', 'Rows that went into quarantine.', { interval }),
  brokenRules: counter('data_quality_rule_failures_total', 'Rules that rows in quarantine broke, each for itself.', {
    rule: [...rules, refusedByStore],
  }),
  quality: gauge('average_data_quality_score', 'Mean score of the newest payload, 0 to 100.', { interval }),
  scores: {
    name: 'data_quality_score',
    kind: 'distribution',
    help: 'Scores of rows, accepted or in quarantine, 0 to 100.',
    labels: { interval },
    buckets: [0, 20, 40, 50, 60, 70, 80, 90, 99, 100],
  },
  processing: timing('data_processing_duration_seconds', 'Converting, scoring and deduplicating a payload.', {
    interval,
  }),
  storing: timing('data_storing_duration_seconds', 'Comparing and storing a batch.', { interval }),
  gapsFound: counter('gaps_found_total', 'Gaps that compact data left behind what was stored.', { interval }),
  recordsLost: counter('collection_records_lost_total', 'Collections whose record could not be kept.', { interval }),
};

const action = corporateActionKinds;

/** What collecting dividends and splits counts. */
export const actionInstruments: Readonly<
  Record<'attempts' | 'failures' | 'collected' | 'stored' | 'withdrawn' | 'quarantined', Instrument>
> = {
  attempts: counter('corporate_action_attempts_total', 'Collections of dividends or splits that were begun.', {
    action,
  }),
  failures: counter('corporate_action_failures_total', 'Those that ended in an error.', { action, kind }),
  collected: counter('corporate_actions_collected_total', 'Rows in vendor answers.', { action }),
  stored: counter('corporate_actions_stored_total', 'New actions and new versions stored.', { action }),
  withdrawn: counter('corporate_actions_withdrawn_total', 'Actions that their vendor names no longer.', { action }),
  quarantined: counter('corporate_actions_quarantined_total', 'Rows that went into quarantine.', { action }),
};

/** Everything the service measures, for a monitoring provider that wants to know beforehand. */
export const instruments: readonly Instrument[] = [
  ...Object.values(collectionInstruments),
  ...Object.values(actionInstruments),
  ...Object.values(alphaVantageInstruments),
  ...Object.values(spoolInstruments),
  ...Object.values(alpacaInstruments),
  ...Object.values(scheduleInstruments),
  ...Object.values(providerInstruments),
  ...Object.values(quotaInstruments),
  ...Object.values(readingInstruments),
  ...Object.values(jobInstruments),
  ...Object.values(coverageInstruments),
  ...Object.values(cacheInstruments),
  errorsTotal,
  ...Object.values(httpInstruments),
];

type LabelSets = NonNullable<Instrument['labels']>;

function counter(name: string, help: string, labels: LabelSets): Instrument {
  return { name, kind: 'counter', help, labels };
}

function gauge(name: string, help: string, labels: LabelSets): Instrument {
  return { name, kind: 'gauge', help, labels };
}

function timing(name: string, help: string, labels: LabelSets): Instrument {
  return { name, kind: 'timing', help, labels };
}
