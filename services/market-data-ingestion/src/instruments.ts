import type { Instrument } from '@quantumtrade/core-traits';
import { intervals } from '@quantumtrade/shared-types';
import { alpacaInstruments } from './collectors/alpaca/instruments.ts';
import { alphaVantageInstruments } from './collectors/alpha-vantage/instruments.ts';
import { httpInstruments } from './http/instruments.ts';
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
  | 'quality'
  | 'processing'
  | 'storing'
  | 'recordsLost';

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
  quality: gauge('average_data_quality_score', 'Mean score of the newest payload, 0 to 100.', { interval }),
  processing: timing('data_processing_duration_seconds', 'Converting, scoring and deduplicating a payload.', {
    interval,
  }),
  storing: timing('data_storing_duration_seconds', 'Comparing and storing a batch.', { interval }),
  recordsLost: counter('collection_records_lost_total', 'Collections whose record could not be kept.', { interval }),
};

/** Everything the service measures, for a monitoring provider that wants to know beforehand. */
export const instruments: readonly Instrument[] = [
  ...Object.values(collectionInstruments),
  ...Object.values(alphaVantageInstruments),
  ...Object.values(spoolInstruments),
  ...Object.values(alpacaInstruments),
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
