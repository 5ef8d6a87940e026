import { calendarOf } from '@quantumtrade/market-calendar';
import type { CoverageRow, CoverageState } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { alpacaCapabilities } from '../collectors/alpaca/capabilities.ts';
import { alphaVantageCapabilities } from '../collectors/alpha-vantage/capabilities.ts';
import { distinctRequests, gapsOf } from './coverage-gaps.ts';

const now = Date.parse('2024-06-03T12:00Z');
const calendar = calendarOf('XNYS');

interface RowsOptions
  extends Partial<Pick<CoverageRow, 'symbol' | 'interval' | 'adjustment' | 'overdue' | 'expected'>> {
  readonly from: string;
  readonly to: string;
  /** Of the sessions that are named; the others are present. */
  readonly states?: Readonly<Record<string, CoverageState>>;
  readonly others?: CoverageState;
}

function rowsOf({ from, to, states = {}, others = 'present', ...options }: RowsOptions): CoverageRow[] {
  return calendar.sessions({ from, to }).map(({ date, open, close }) => {
    const expected = options.expected ?? 7;
    const state = states[date] ?? others;
    return {
      ...{ symbol: 'IBM', interval: '60min', source: 'alpha_vantage', adjustment: 'raw', exchange: 'XNYS', ...options },
      ...{ session: date, open, close, expected, present: state === 'present' ? expected : 1, extra: 0 },
      ...{ absentConfirmed: 0, state, overdue: options.overdue ?? false },
      evidence: { batchIds: [], instants: [], calendarVersion: calendar.version },
    };
  });
}

describe('gaps', () => {
  it('are pending sessions that follow each other, with their instants and what they cost', () => {
    const pending = 'pending';
    const states = { '2024-01-31': pending, '2024-02-01': pending, '2024-02-05': pending } as const;
    const gaps = gapsOf(rowsOf({ from: '2024-01-29', to: '2024-02-09', states }), { now });
    const request = { symbol: 'IBM', interval: '60min', adjusted: false, calls: 1 };
    const series = { symbol: 'IBM', interval: '60min', source: 'alpha_vantage', adjustment: 'raw' };
    const [january, february] = ['2024-01', '2024-02'].map((month) => ({ ...request, month }));
    expect(gaps).toEqual([
      {
        ...{ ...series, from: Date.parse('2024-01-31T14:30Z'), to: Date.parse('2024-02-01T21:00Z') },
        ...{ firstSession: '2024-01-31', lastSession: '2024-02-01', sessions: 2, missing: 12, overdue: false },
        ...{ calls: 2, requests: [january, february] },
      },
      {
        ...{ ...series, from: Date.parse('2024-02-05T14:30Z'), to: Date.parse('2024-02-05T21:00Z') },
        ...{ firstSession: '2024-02-05', lastSession: '2024-02-05', sessions: 1, missing: 6, overdue: false },
        ...{ calls: 1, requests: [february] },
      },
    ]);
    expect(distinctRequests(gaps)).toEqual([january, february]);
  });

  it('are not what is confirmed or cannot be had, and end with their series', () => {
    const states = { '2024-01-02': 'confirmedEmpty', '2024-01-03': 'unrecoverable', '2024-01-05': 'pending' } as const;
    const range = { from: '2024-01-02', to: '2024-01-05', states };
    const gaps = gapsOf([...rowsOf(range), ...rowsOf({ ...range, symbol: 'AAPL', overdue: true })], { now });
    expect(
      gaps.map(({ symbol, firstSession, sessions, overdue }) => [symbol, firstSession, sessions, overdue]),
    ).toEqual([
      ['IBM', '2024-01-05', 1, false],
      ['AAPL', '2024-01-05', 1, true],
    ]);
  });

  it('of days cost one call: of compact data while that reaches back to them, else of all', () => {
    const daily = { interval: 'daily', expected: 1, others: 'pending' } as const;
    const requestsOf = (from: string, to: string, symbol = 'IBM'): unknown[] =>
      gapsOf(rowsOf({ ...daily, from, to, symbol, adjustment: 'adjusted' }), { now }).flatMap(
        ({ requests }) => requests,
      );
    const request = { symbol: 'IBM', interval: 'daily', adjusted: true, calls: 1 };
    expect(requestsOf('2024-02-01', '2024-05-31')).toEqual([{ ...request, outputSize: 'compact' }]);
    expect(requestsOf('2024-01-26', '2024-02-01')).toEqual([{ ...request, outputSize: 'full' }]);
    // Days without weekends reach less far back.
    expect(requestsOf('2024-02-01', '2024-02-02', 'BTC/USD')).toMatchObject([{ outputSize: 'full' }]);
    const both = gapsOf(
      rowsOf({
        ...daily,
        from: '2024-01-02',
        to: '2024-05-31',
        others: 'present',
        states: { '2024-01-03': 'pending', '2024-05-02': 'pending' },
      }),
      { now },
    );
    expect(distinctRequests(both)).toMatchObject([{ outputSize: 'full' }]);
  });

  it('cost as many calls as the vendor needs pages, and one where it has no months', () => {
    const minutes = {
      from: '2024-01-02',
      to: '2024-01-31',
      interval: '1min',
      expected: 960,
      others: 'pending',
    } as const;
    const capabilities = alpacaCapabilities;
    expect(gapsOf(rowsOf(minutes), { now, capabilities })).toMatchObject([
      { calls: 3, requests: [{ month: '2024-01' }] },
    ]);
    const pair = rowsOf({ ...minutes, symbol: 'BTC/USD' });
    expect(gapsOf(pair, { now, capabilities })).toMatchObject([{ requests: [{ month: '2024-01' }] }]);
    expect(gapsOf(pair, { now, capabilities: alphaVantageCapabilities })).toMatchObject([
      { calls: 1, requests: [{ outputSize: 'full' }] },
    ]);
  });
});
