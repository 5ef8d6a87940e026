import { RecordingMonitoring, VirtualClock } from '@quantumtrade/core-testing';
import type { CoverageRow, CoverageState } from '@quantumtrade/shared-types';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SeriesCoverageQuery } from '../service.ts';
import { CoverageReadings } from './coverage-readings.ts';

function setting(stateOf: (query: SeriesCoverageQuery) => readonly (readonly [CoverageState, overdue: boolean])[]) {
  const clock = new VirtualClock({ start: Date.parse('2024-03-01T12:00Z') });
  const monitoring = new RecordingMonitoring();
  const queries: SeriesCoverageQuery[] = [];
  const coverage = async (query: SeriesCoverageQuery): Promise<CoverageRow[]> => {
    queries.push(query);
    return stateOf(query).map(([state, overdue]) => ({ state, overdue }) as unknown as CoverageRow);
  };
  const readings = new CoverageReadings({ service: { coverage }, clock, monitoring });
  onTestFinished(() => readings.stop());
  return { clock, monitoring, queries, readings };
}

describe('the readings of completeness', () => {
  it('count the sessions of the newest days by interval and state, those that wait for too long apart', async () => {
    const { monitoring, readings, queries } = setting(({ interval, adjustment }) =>
      interval === '5min' && adjustment === 'raw'
        ? [
            ['present', false],
            ['pending', false],
            ['pending', true],
          ]
        : [],
    );
    await readings.start();
    await monitoring.sample();
    const sessions = (state: string) => monitoring.gauge('coverage_sessions', { interval: '5min', state });
    expect([sessions('present'), sessions('pending'), sessions('unrecoverable')]).toEqual([1, 2, 0]);
    const overdue = (interval: string) => monitoring.gauge('coverage_overdue_sessions', { interval });
    expect([overdue('5min'), overdue('daily'), readings.health()]).toEqual([1, 0, { overdueSessions: 1 }]);
    expect(queries[0]).toMatchObject({ interval: '1min', adjustment: 'raw', from: '2024-01-31', to: '2024-03-01' });
    expect(monitoring.misuse()).toEqual([]);
  });

  it('are taken again every hour, also after the store was away, and no more once stopped', async () => {
    let away = true;
    const { clock, monitoring, readings, queries } = setting(() => {
      if (away) throw new Error('the store is away');
      return [['pending', true]];
    });
    await readings.start();
    await monitoring.sample();
    expect([monitoring.gauge('coverage_overdue_sessions', { interval: 'daily' }), readings.health()]).toEqual([
      undefined,
      { overdueSessions: null },
    ]);
    away = false;
    await clock.advance(3_600_000);
    expect(monitoring.gauge('coverage_overdue_sessions', { interval: 'daily' })).toBe(2);
    await readings.stop();
    const asked = queries.length;
    await clock.advance(7_200_000);
    expect(queries).toHaveLength(asked);
  });
});
