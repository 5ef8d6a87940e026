import type { RawCorporateAction } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { judgeActions } from './corporate-actions.ts';

function judge(...rows: RawCorporateAction[]) {
  return judgeActions({ symbol: 'IBM', source: 'fake', kind: 'dividend', rows });
}

describe('corporate actions', () => {
  it('are read exactly, whatever precision the vendor writes', () => {
    const values = ['1.0460', '2.0000', ' 0.5 ', '15e-1', '99999999999999999999.999999999999999999'];
    const { accepted } = judge(...values.map((value, day) => ({ exDate: `2024-01-0${day + 1}`, value })));
    expect(accepted.map(({ value }) => value)).toEqual([
      '1.046',
      '2',
      '0.5',
      '1.5',
      '99999999999999999999.999999999999999999',
    ]);
  });

  it.each(['None', '', 'null', '0000-00-00', ' none '])('take the date %j for one that is not known', (paymentDate) => {
    const { accepted } = judge({ exDate: '2024-01-02', value: '1', paymentDate });
    expect(accepted).toEqual([{ kind: 'dividend', exDate: '2024-01-02', value: '1' }]);
  });

  it.each<[RawCorporateAction, string]>([
    [{ exDate: 'None', value: '1' }, 'missing_date'],
    [{ value: '1' }, 'missing_date'],
    [{ exDate: '2024-02-30', value: '1' }, 'malformed_date'],
    [{ exDate: '02/03/2024', value: '1' }, 'malformed_date'],
    [{ exDate: '2024-01-02', value: '1', recordDate: 'soon' }, 'malformed_date'],
    [{ exDate: '1899-12-31', value: '1' }, 'date_out_of_range'],
    [{ exDate: '2300-01-01', value: '1' }, 'date_out_of_range'],
    [{ exDate: '2024-01-02' }, 'missing_value'],
    [{ exDate: '2024-01-02', value: 'None' }, 'missing_value'],
    [{ exDate: '2024-01-02', value: '1,5' }, 'malformed_number'],
    [{ exDate: '2024-01-02', value: '1e400' }, 'malformed_number'],
    [{ exDate: '2024-01-02', value: '0.0000000000000000001' }, 'value_not_exact'],
    [{ exDate: '2024-01-02', value: '100000000000000000000' }, 'value_not_exact'],
    [{ exDate: '2024-01-02', value: '0.00' }, 'non_positive_value'],
    [{ exDate: '2024-01-02', value: '-1' }, 'non_positive_value'],
  ])('reject the row %j for %s, word for word', (row, rule) => {
    const { accepted, rejected } = judge(row, { exDate: '2024-05-02', value: '2' });
    expect(rejected).toEqual([{ values: row, brokenRules: [rule] }]);
    expect(accepted).toHaveLength(1);
  });

  it('count a repeat once, and keep two of one day that differ', () => {
    const row = { exDate: '2024-01-02', value: '1.50' };
    const { accepted, duplicates } = judge(row, { ...row, value: '1.5' }, { ...row, value: '7' });
    expect([accepted.map(({ value }) => value), duplicates]).toEqual([['1.5', '7'], 1]);
  });
});
