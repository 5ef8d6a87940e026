import { coverageStates } from '@quantumtrade/shared-types';
import {
  count,
  exactly,
  flag,
  instant,
  instantOrNone,
  listOf,
  type NamedSchema,
  named,
  oneOf,
  text,
  textOrNone,
} from './schema.ts';
import { seriesFields } from './series.ts';

const exampleSeries = { symbol: 'AAPL', interval: '5min', source: 'alpha_vantage', adjustment: 'raw' };

/** What is known of one session, as `coverage --json` prints it. */
export const coverageSchema: NamedSchema = named(
  'Coverage',
  exactly({
    ...seriesFields,
    exchange: text,
    session: text,
    open: instant,
    close: instant,
    expected: count,
    present: count,
    extra: count,
    absentConfirmed: count,
    state: oneOf(...coverageStates),
    reason: textOrNone,
    pendingSince: instantOrNone,
    overdue: flag,
    evidence: exactly({
      batchIds: listOf(text),
      instants: listOf(instant),
      errorReason: textOrNone,
      calendarVersion: text,
    }),
  }),
  {
    ...exampleSeries,
    exchange: 'XNYS',
    session: '2024-01-02',
    open: '2024-01-02T14:30:00.000Z',
    close: '2024-01-02T21:00:00.000Z',
    expected: 78,
    present: 78,
    extra: 0,
    absentConfirmed: 0,
    state: 'present',
    reason: null,
    pendingSince: null,
    overdue: false,
    evidence: {
      batchIds: ['0b5f2f0e-6f0c-4a57-8f6c-2f1f6e0a9b11'],
      instants: ['2024-01-03T02:15:00.000Z'],
      errorReason: null,
      calendarVersion: '2026-1',
    },
  },
);

/** A hole, as `gaps --json` prints it. */
export const gapSchema: NamedSchema = named(
  'Gap',
  exactly({
    ...seriesFields,
    from: instant,
    to: instant,
    firstSession: text,
    lastSession: text,
    sessions: count,
    missing: count,
    calls: count,
    overdue: flag,
    requests: listOf(exactly({ month: textOrNone, outputSize: textOrNone, calls: count })),
  }),
  {
    ...exampleSeries,
    from: '2024-01-02T14:30:00.000Z',
    to: '2024-01-03T21:00:00.000Z',
    firstSession: '2024-01-02',
    lastSession: '2024-01-03',
    sessions: 2,
    missing: 156,
    calls: 1,
    overdue: false,
    requests: [{ month: '2024-01', outputSize: null, calls: 1 }],
  },
);
