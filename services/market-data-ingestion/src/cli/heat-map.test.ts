import type { CoverageRow } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { heatMap, showsColour } from './heat-map.ts';

function row(session: string, state: CoverageRow['state'], counts: Partial<CoverageRow> = {}): CoverageRow {
  return {
    ...{
      symbol: 'IBM',
      interval: '60min',
      source: 'fake',
      adjustment: 'raw',
      exchange: 'XNYS',
      session,
      open: 0,
      close: 1,
    },
    ...{ expected: 8, present: state === 'present' ? 8 : 0, extra: 0, absentConfirmed: 0, state, overdue: false },
    evidence: { batchIds: [], instants: [], calendarVersion: '1' },
    ...counts,
  };
}

const rows = [
  row('2024-01-30', 'present'),
  row('2024-01-31', 'confirmedEmpty'),
  row('2024-02-01', 'pending'),
  row('2024-02-02', 'pending', { present: 2 }),
  row('2024-02-05', 'pending', { present: 7, overdue: true }),
  row('2024-02-06', 'unrecoverable', { reason: 'refused' }),
  row('2024-02-06', 'present', { symbol: 'AAPL', adjustment: 'adjusted', present: 5, absentConfirmed: 3 }),
];

describe('a heat map', () => {
  it('has one sign a session, a line a month, weeks apart, and a legend of the signs in it', () => {
    expect(heatMap(rows, false).split('\n')).toEqual([
      'IBM 60min fake XNYS',
      '  2024-01  #o',
      '  2024-02  .- !x',
      '  6 sessions: 1 present, 1 confirmed empty, 3 pending (1 for too long), 1 unrecoverable',
      '',
      'AAPL 60min adjusted fake XNYS',
      '  2024-02  #',
      '  1 sessions: 1 present, 0 confirmed empty, 0 pending, 0 unrecoverable',
      '',
      '# present   o confirmed empty   - pending, a part is there   . pending   ! pending for too long   x unrecoverable',
      '',
    ]);
    expect(heatMap(rows.slice(0, 1), false)).toMatch(/\n# present\n$/);
  });

  it('shows in colours how much of a session is there', () => {
    const shown = heatMap(rows, true);
    expect(shown).toContain(
      '  2024-02  \u001b[33m·\u001b[39m\u001b[33m░\u001b[39m \u001b[31m▓\u001b[39m\u001b[35m×\u001b[39m\n',
    );
  });

  it.each([
    [true, true, {}],
    [true, true, { NO_COLOR: '', TERM: 'xterm' }],
    [false, true, { NO_COLOR: '1' }],
    [false, true, { TERM: 'dumb' }],
    [false, false, {}],
    [false, undefined, {}],
  ])('is in colour (%s) where the terminal is %s with %o', (colour, isTTY, environment) => {
    expect(showsColour({ isTTY }, environment)).toBe(colour);
  });
});
