import type { Instrument } from '@quantumtrade/core-traits';

/** What is measured of the cache, where the database manager is given a monitoring provider. */
export const cacheInstruments: Readonly<Record<'reads' | 'writes' | 'circuit', Instrument>> = {
  reads: {
    name: 'cache_reads_total',
    kind: 'counter',
    help: 'Values that were asked of the cache, by whether it had them.',
    labels: { outcome: ['hit', 'miss', 'failed'] },
  },
  writes: {
    name: 'cache_writes_total',
    kind: 'counter',
    help: 'Values that the cache was given or was to forget.',
    labels: { outcome: ['done', 'failed'] },
  },
  circuit: {
    name: 'circuit_state',
    kind: 'gauge',
    help: 'Whether a server is left alone after calls without an answer: 0 no, 1 it is being tried again, 2 yes.',
    labels: { circuit: ['redis'] },
  },
};
