import type { Instrument } from '@quantumtrade/core-traits';
import { refusalReasons } from './refusal.ts';

/** What the HTTP interface measures. Addresses and symbols are unbounded and belong into logs, not here. */
export const httpInstruments: Readonly<Record<'requests' | 'refused' | 'duration' | 'streams', Instrument>> = {
  requests: {
    name: 'http_requests_total',
    kind: 'counter',
    help: 'Requests that were answered.',
    labels: { status: ['2xx', '3xx', '4xx', '5xx'] },
  },
  refused: {
    name: 'http_requests_refused_total',
    kind: 'counter',
    help: 'Requests that were refused before any work was done for them.',
    labels: { reason: refusalReasons },
  },
  duration: {
    name: 'http_request_duration_seconds',
    kind: 'timing',
    help: 'From the head of a request to the end of its answer; event streams are left out.',
    labels: { status: ['2xx', '3xx', '4xx', '5xx'] },
  },
  streams: { name: 'http_event_streams', kind: 'gauge', help: 'Event streams that are open.' },
};
