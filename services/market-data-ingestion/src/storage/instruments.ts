import type { Instrument } from '@quantumtrade/core-traits';
import { intervals } from '@quantumtrade/shared-types';

type SpoolInstrument =
  | 'spooledPoints'
  | 'entries'
  | 'bytes'
  | 'maxBytes'
  | 'oldestAge'
  | 'damaged'
  | 'replayed'
  | 'replayFailures';

const labels = { interval: intervals };

/** What the spool and its replay count. */
export const spoolInstruments: Readonly<Record<SpoolInstrument, Instrument>> = {
  spooledPoints: {
    name: 'data_points_spooled_total',
    kind: 'counter',
    help: 'Accepted rows that went into the spool because the store was away.',
    labels,
  },
  entries: { name: 'spool_entries', kind: 'gauge', help: 'Batches that wait for the store.' },
  bytes: { name: 'spool_bytes', kind: 'gauge', help: 'What the waiting batches take.' },
  maxBytes: { name: 'spool_max_bytes', kind: 'gauge', help: 'What waiting batches may take.' },
  oldestAge: { name: 'spool_oldest_age_seconds', kind: 'gauge', help: 'How long the oldest batch has been waiting.' },
  damaged: { name: 'spool_damaged_entries', kind: 'gauge', help: 'Entries kept aside because they cannot be read.' },
  replayed: { name: 'spool_replayed_batches_total', kind: 'counter', help: 'Batches replayed into the store.', labels },
  replayFailures: {
    name: 'spool_replay_failures_total',
    kind: 'counter',
    help: 'Tries to replay a batch that failed.',
    labels,
  },
};
