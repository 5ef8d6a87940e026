import { randomUUID } from 'node:crypto';
import { barBatch, InMemoryCoverage, InMemoryMarketDataStore, VirtualClock } from '@quantumtrade/core-testing';
import { calendarOf, type MarketCalendar } from '@quantumtrade/market-calendar';
import type { CollectionRecord, CoverageRow, Interval, Series } from '@quantumtrade/shared-types';
import { CoverageLedger, type CoverageQuery } from '../../src/coverage/coverage-ledger.ts';
import type { CoverageSettings } from '../../src/coverage/coverage-settings.ts';
import { coverageSettings } from '../service/service-with-doubles.ts';

/** What one collection brought, and how it was asked for. */
export interface Answered {
  readonly symbol?: string;
  readonly interval?: Interval;
  /** Open times of its bars, oldest first. */
  readonly bars?: readonly number[];
  /** Of its bars, in words of the vendor; for daily bars their dates. */
  readonly sessions?: readonly string[];
  /** What makes a version of another one. */
  readonly close?: string;
  /** Labels of rows that the rules rejected. */
  readonly rejected?: readonly string[];
  readonly month?: string;
  readonly outputSize?: 'compact' | 'full';
  /** When it was accepted: ISO text, or milliseconds. */
  readonly at: string | number;
}

export type Refused = Omit<Answered, 'bars' | 'sessions' | 'close' | 'rejected'> & { readonly reason: string };

/** A store in memory, and a ledger that judges it with a calendar of the test's own. */
export class LedgerWorld {
  readonly store: InMemoryMarketDataStore = new InMemoryMarketDataStore();
  readonly clock: VirtualClock;
  calendar: MarketCalendar = calendarOf('XNYS');
  settings: CoverageSettings = coverageSettings;

  constructor(now: string) {
    this.clock = new VirtualClock({ start: Date.parse(now) });
  }

  /** Stores what an answer brought as the service does, with its record; gives its batch. */
  async answer(answered: Answered): Promise<string> {
    const { bars = [], sessions, close = '10', rejected = [] } = answered;
    const record = this.#record(answered);
    const { batchId, acceptedAt } = record;
    const series = seriesOf(answered);
    const rows = bars.map((openTime, index) => ({
      ...{ openTime, close },
      ...(sessions?.[index] === undefined ? {} : { sessionDate: sessions[index] }),
    }));
    const { stored, unchanged } = await this.store.insertMarketData(barBatch({ ...series, rows }), {
      batchId,
      acceptedAt,
    });
    const values = { label: '', values: {}, qualityScore: 10, brokenRules: ['high_below_low'] };
    const waiting = rejected.map((label) => ({ ...values, label }));
    await this.store.insertQuarantine(series, waiting, { batchId, acceptedAt });
    await this.store.insertCollection({
      ...{ ...record, outcome: 'stored', stored, unchanged, quarantined: rejected.length },
      ...{ processedCount: bars.length, collectedCount: bars.length + rejected.length },
      ...{ firstOpenTime: bars[0], lastOpenTime: bars.at(-1) },
    });
    return batchId;
  }

  /** Writes down a collection that failed; gives its batch. */
  async refuse(refused: Refused): Promise<string> {
    const record = this.#record(refused);
    await this.store.insertCollection({ ...record, errorKind: 'externalApi', errorReason: refused.reason });
    return record.batchId;
  }

  async rows(query: Partial<CoverageQuery> & Pick<CoverageQuery, 'from' | 'to'>): Promise<CoverageRow[]> {
    const { store, clock, settings } = this;
    const reader = new InMemoryCoverage({ store });
    const ledger = new CoverageLedger({ reader, clock, settings, calendar: () => this.calendar });
    return await ledger.coverage({ symbols: ['IBM'], interval: '60min', source: 'fake', ...query });
  }

  /** The one row of a session. */
  async session(session: string, query: Partial<CoverageQuery> = {}): Promise<CoverageRow> {
    const [row, ...others] = await this.rows({ ...query, from: session, to: session });
    if (row === undefined || others.length > 0) throw new Error(`${others.length + 1} rows for ${session}`);
    return row;
  }

  /** The expected open times of sessions. */
  expected(from: string, to: string = from, interval: Interval = '60min'): number[] {
    const { calendar } = this;
    return calendar.sessions({ from, to }).flatMap((session) => [...calendar.expectedBars(interval, session)]);
  }

  #record(asked: Omit<Answered, 'bars'>): CollectionRecord {
    const acceptedAt = typeof asked.at === 'number' ? asked.at : Date.parse(asked.at);
    return {
      ...{ ...seriesOf(asked), batchId: randomUUID(), acceptedAt, recordedAt: acceptedAt, outcome: 'failed' },
      ...{ durationMs: 1, collectedCount: 0, processedCount: 0, cachedCount: 0, stored: 0, unchanged: 0 },
      ...{ duplicates: 0, quarantined: 0, spooled: 0, qualityScore: 100 },
      ...{ month: asked.month, outputSize: asked.outputSize },
    };
  }
}

export function seriesOf({ symbol = 'IBM', interval = '60min' }: Pick<Answered, 'symbol' | 'interval'> = {}): Series {
  return { symbol, interval, source: 'fake', adjustment: 'raw' };
}
