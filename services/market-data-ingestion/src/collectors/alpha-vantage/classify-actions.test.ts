import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isServiceError, Redacted } from '@quantumtrade/core-traits';
import type { CorporateActionKind, RawCorporateActions } from '@quantumtrade/shared-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeActions } from '../../processors/corporate-actions.ts';
import { classifyActions } from './classify-actions.ts';

const key = 'SECRET-KEY-77';

function classify(
  body: string | Uint8Array,
  kind: CorporateActionKind = 'dividend',
  status = 200,
): RawCorporateActions {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return classifyActions(
    { status, headers: {}, body: bytes },
    {
      request: { symbol: 'IBM', kind },
      settings: { apiKey: new Redacted(key), source: 'alpha_vantage' },
      redact: (text) => text,
      now: 0,
    },
  );
}

function reasonOf(body: string | Uint8Array, kind?: CorporateActionKind, status?: number): string | undefined {
  try {
    classify(body, kind, status);
    return 'data';
  } catch (error) {
    if (!isServiceError(error)) throw error;
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(key);
    return error.reason;
  }
}

const row = `{"ex_dividend_date": "2024-02-08", "declaration_date": "None", "amount": "1.66"}`;
const list = `{"symbol": "IBM", "data": [${row}]}`;

describe('an answer of Alpha Vantage about dividends or splits', () => {
  it('gives its rows by the names of their fields, in JSON and in CSV', () => {
    const expected = [{ exDate: '2024-02-08', declarationDate: 'None', value: '1.66' }];
    expect(classify(list)).toEqual({ symbol: 'IBM', source: 'alpha_vantage', kind: 'dividend', rows: expected });
    expect(classify(`\ufeff ${list}\n`).rows).toEqual(expected);
    expect(classify('\ufeffex_dividend_date,declaration_date,amount\r\n\r\n2024-02-08,None,1.66\r\n').rows).toEqual(
      expected,
    );
    const split = '{"symbol": "ibm", "data": [{"effective_date": "2021-11-04", "split_factor": 1.0460}]}';
    expect(classify(split, 'split').rows).toEqual([{ exDate: '2021-11-04', value: '1.0460' }]);
    expect(classify('effective_date,split_factor\n2021-11-04,1.0460', 'split').rows).toEqual([
      { exDate: '2021-11-04', value: '1.0460' },
    ]);
  });

  it('is an answer also where the list is empty', () => {
    expect(classify('{"symbol": "IBM", "data": []}').rows).toEqual([]);
    expect(classify('effective_date,split_factor\r\n', 'split').rows).toEqual([]);
  });

  it.each<[string, string, CorporateActionKind?, number?]>([
    ['{}', 'noData'],
    ['', 'malformed'],
    [' \n', 'malformed'],
    ['[]', 'unknown'],
    ['null', 'unknown'],
    ['{"data": [{"ex_dividend_date": "2024-02-08", "amount": "1"}]}', 'unknown'],
    ['{"symbol": "IBM"}', 'unknown'],
    ['{"symbol": "IBM", "data": {}}', 'unknown'],
    ['{"symbol": "IBM", "data": [1]}', 'malformed'],
    [`{"symbol": "MSFT", "data": [${row}]}`, 'malformed'],
    [list, 'malformed', 'split'],
    [`{"symbol": "IBM", "data": [${row}], "data": []}`, 'malformed'],
    ['{"symbol": "IBM", "data": [{"ex_dividend_date": "2024-02-08", "amount": "1", "amount": "2"}]}', 'malformed'],
    [list, 'outage', 'dividend', 503],
    [list, 'authentication', 'dividend', 401],
    ['{"information": "you have reached the 25 requests per day limit"}', 'dailyQuota'],
    ['{"Error Message": "Invalid API call."}', 'unknownRequest'],
    ['{"Information": "This is a premium endpoint."}', 'premiumEndpoint'],
    [`{"message": "THE SAMPLE DATA BELOW IS ARTIFICIAL", "symbol": "IBM", "data": [${row}]}`, 'artificialSample'],
    ['<html>Application error</html>', 'outage'],
    ['ex_dividend_date,amount\r\n2024-02-08', 'malformed'],
    ['timestamp,open,high,low,close,volume\r\n', 'unknown'],
    ['ex_dividend_date,amount,amount\r\n', 'malformed'],
    ['Thank you! Our standard API rate limit is 25 requests per day, you have reached it', 'dailyQuota'],
    [`{"oops": "${key}", "more": 1}`, 'unknown'],
  ])('is judged: %s is %s', (body, reason, kind, status) => {
    expect(reasonOf(body, kind, status)).toBe(reason);
  });

  it('that is cut anywhere is a failure, never fewer rows', () => {
    for (let length = 0; length < list.length; length++) expect(reasonOf(list.slice(0, length))).toBe('malformed');
  });

  it('is data or a classified failure whatever its bytes are', () => {
    const pieces = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        '"',
        ':',
        ',',
        '\\',
        '\n',
        '\r',
        'data',
        'symbol',
        'IBM',
        '__proto__',
        'constructor',
        '1e999',
      ],
      ...[
        list,
        row,
        'ex_dividend_date',
        'amount',
        'None',
        '\ufeff',
        '\u0000',
        '<html>',
        'effective_date,split_factor\n',
      ],
    );
    const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => new TextEncoder().encode(parts.join('')));
    const bodies = fc.oneof(
      texts,
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(
        bodies,
        fc.constantFrom('dividend', 'split'),
        fc.constantFrom(200, 429, 503),
        (body, kind, status) => {
          const reason = reasonOf(body, kind, status);
          expect(reason).toBeDefined();
          if (status !== 200) expect(reason).not.toBe('data');
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('keeps the key out of its rows', () => {
    const { rows } = classify(`{"symbol": "IBM", "data": [{"ex_dividend_date": "${key}", "amount": "key ${key}"}]}`);
    expect(JSON.stringify(rows)).not.toContain(key);
  });
});

const recorded = resolve(import.meta.dirname, '../../../../../../shared/fixtures/alphavantage');
const bodies = (folder: string): readonly (readonly [string, Uint8Array])[] => {
  try {
    return readdirSync(resolve(recorded, folder)).map((name) => [name, readFileSync(resolve(recorded, folder, name))]);
  } catch {
    return [];
  }
};
const errors = bodies('errors');

describe.skipIf(errors.length === 0)('the recorded payloads of ../shared/fixtures', () => {
  it('have 110 dividends and 2 splits of IBM, all of them exact', () => {
    for (const [folder, kind, count] of [
      ['dividends', 'dividend', 110],
      ['splits', 'split', 2],
    ] as const) {
      const raw = classify(bodies(folder)[0]?.[1] ?? '', kind);
      const { accepted, duplicates, rejected } = judgeActions(raw);
      expect([raw.rows.length, accepted.length, duplicates, rejected]).toEqual([count, count, 0, []]);
      if (kind === 'split') expect(accepted[0]).toEqual({ kind, exDate: '2021-11-04', value: '1.046' });
    }
  });

  it.each(errors.map(([name]) => name))('refuse dividends and splits by %s', (name) => {
    const body = errors.find(([other]) => other === name)?.[1] ?? '';
    for (const kind of ['dividend', 'split'] as const) {
      expect(['data', 'unknown', undefined]).not.toContain(reasonOf(body, kind));
    }
  });
});
