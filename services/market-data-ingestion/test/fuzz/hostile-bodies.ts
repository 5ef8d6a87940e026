import { isServiceError, Redacted } from '@quantumtrade/core-traits';
import { type BarRequest, type RawBars, textAt } from '@quantumtrade/shared-types';
import fc from 'fast-check';
import { classifyAnswer } from '../../src/collectors/alpha-vantage/classify.ts';
import { isVendorReason } from '../../src/collectors/shared/vendor-reason.ts';
import { QualityProcessor } from '../../src/processors/quality-processor.ts';

const daily: BarRequest = { symbol: 'IBM', interval: 'daily', adjusted: false };
const intraday: BarRequest = { symbol: 'IBM', interval: '5min', adjusted: true };

/** What an answer became: its number of rows, or why there are none. */
export type Judgement = { readonly rows: number } | { readonly reason: string };

const processor = new QualityProcessor({
  settings: {
    minQualityScore: 0,
    enableValidation: true,
    maxPriceDeviationPercent: 10,
    minVolumeThreshold: 1000,
    enableDeduplication: true,
  },
});

/**
 * Classifies and processes an answer.
 *
 * @throws Error for everything that must not happen: an error of another sort, rows that the body does not hold word for
 * word, or rows that are lost.
 */
export function judge(body: Uint8Array, request: BarRequest = daily, status = 200): Judgement {
  let bars: RawBars;
  try {
    bars = classifyAnswer(
      { status, headers: {}, body },
      {
        request,
        settings: { source: 'alpha_vantage', barLabel: 'start', apiKey: new Redacted('SECRETKEY123') },
        redact: (text) => text,
        now: 0,
      },
    );
  } catch (error) {
    if (!isServiceError(error) || !isVendorReason(error.reason)) throw error;
    if (/[\n\r]/.test(error.message) || error.message.length > 500) throw new Error('a message of more than a line');
    return { reason: error.reason };
  }
  if (bars.length === 0) throw new Error('data without a row');
  checkWords(bars, body);
  const { collected, accepted, duplicates, quarantined } = processor.process(bars);
  if (collected !== bars.length || collected !== accepted.length + duplicates + quarantined.length) {
    throw new Error('rows were lost or invented');
  }
  return { rows: bars.length };
}

/** Every value must stand in the body as it is, or as CSV quotes it. Bodies with escapes are left out: they are decoded. */
function checkWords(bars: RawBars, body: Uint8Array): void {
  if (body.includes(0x5c) || body.length > 100_000) return;
  const text = new TextDecoder().decode(body);
  for (let row = 0; row < bars.length; row++) {
    for (const column of [bars.label, ...Object.values(bars.values)]) {
      const value = textAt(bars, column, row);
      if (value === undefined || text.includes(value) || text.includes(value.replaceAll('"', '""'))) continue;
      throw new Error(`the body does not say ${value}`);
    }
  }
}

const fields = ['1. open', '2. high', '3. low', '4. close', '5. volume'];
const days = ['2024-01-05', '2024-01-04', '2024-01-03', '2024-01-02'];

/** Keys as they should be, swapped, and such as have a meaning of their own in JavaScript. */
const key = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...fields) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', '1. close'),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);

/** Values as JSON text: numbers in all their forms, wrong types, deep nesting. */
const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('"100.5"', '"218.2"', '"298.85821743109733"', '"5000"', '"0"') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        'null',
        'true',
        '{}',
        '[]',
        '[[]]',
        '1',
        '1e400',
        '-1e-400',
        '"1e999"',
        '"NaN"',
        '"Infinity"',
        '"0x10"',
        '""',
      ],
      ...['"9'.padEnd(400, '9').concat('"'), '9'.repeat(300), '"1,000"', '"١٢٣"', '"-0"', '"\\u0031"', '"\\ud800"'],
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 3000 }).map((depth) => `${'['.repeat(depth)}1${']'.repeat(depth)}`),
  },
);

const soundRow = fc.constant(
  fields.map((name): [string, string] => [name, name === '5. volume' ? '"5000"' : '"100.5"']),
);

const row = fc
  .oneof({ weight: 2, arbitrary: soundRow }, { weight: 1, arbitrary: fc.array(fc.tuple(key, value), { maxLength: 7 }) })
  .map((pairs) => `{${pairs.map(([name, text]) => `${JSON.stringify(name)}: ${text}`).join(', ')}}`);

const label = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...days, '2024-01-02 09:30:00') },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', '2024-02-30', '', '99999-01-01', '2024-01-02T') },
);

const soundMeta = '"Meta Data": {"1. Information": "Daily", "2. Symbol": "IBM", "5. Time Zone": "US/Eastern"}, ';

const meta = fc.constantFrom(
  ...[soundMeta, soundMeta, soundMeta, soundMeta],
  '"Meta Data": {"2. Symbol": "MSFT", "5. Time Zone": "US/Eastern"}, ',
  '"Meta Data": {"2. Symbol": "IBM", "5. Time Zone": "Mars/Olympus"}, ',
  '"Meta Data": null, ',
  '"__proto__": {"polluted": true}, ',
  '"Information": "rate limit", ',
  '',
);

const json = fc
  .tuple(
    meta,
    fc.oneof(
      { weight: 5, arbitrary: fc.constant('Time Series (Daily)') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('Time Series (5min)', 'Weekly Time Series', '__proto__', 'constructor'),
      },
    ),
    fc.array(fc.tuple(label, row), { maxLength: 5 }),
  )
  .map(
    ([head, name, rows]) =>
      `{${head}"${name}": {${rows.map(([day, text]) => `${JSON.stringify(day)}: ${text}`).join(', ')}}}`,
  );

const cell = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('100.5', '99', '5000', '298.85821743109733') },
  { weight: 1, arbitrary: fc.constantFrom('', '"', '"1,5"', 'NaN', '1e400', '9'.repeat(300), 'null') },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
);

const csv = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant('timestamp,open,high,low,close,volume') },
      { weight: 1, arbitrary: fc.constantFrom('time,close,low,high,open', 'timestamp,open', 'a,b,c') },
    ),
    fc.array(
      fc.tuple(
        label,
        fc.oneof(
          { weight: 4, arbitrary: fc.array(cell, { minLength: 5, maxLength: 5 }) },
          { weight: 1, arbitrary: fc.array(cell, { minLength: 3, maxLength: 6 }) },
        ),
      ),
      { maxLength: 5 },
    ),
    fc.constantFrom('\r\n', '\n'),
  )
  .map(([head, rows, end]) => [head, ...rows.map(([day, cells]) => [day, ...cells].join(','))].join(end) + end);

const words = fc.constantFrom(
  '{"Information": "Thank you for using Alpha Vantage! Please consider spreading out your free API requests"}',
  '{"Error Message": "Invalid API call."}',
  '{"Note": 7}',
  '{}',
  '[]',
  '<!DOCTYPE html><title>Application Error</title>',
  '',
);

/** What happens to a body on its way: nothing, a cut, bytes that change, other encodings. */
const damage: fc.Arbitrary<(body: Buffer) => Buffer> = fc.oneof(
  { weight: 3, arbitrary: fc.constant((body: Buffer) => body) },
  {
    weight: 3,
    arbitrary: fc.double({ min: 0, max: 1, noNaN: true }).map((part) => (body: Buffer) => {
      return body.subarray(0, Math.floor(part * body.length));
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 })
      .map((changes) => (body: Buffer) => {
        const changed = Buffer.from(body);
        for (const [at, byte] of changes) if (changed.length > 0) changed[at % changed.length] = byte;
        return changed;
      }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<((body: Buffer) => Buffer)[]>(
      (body) => Buffer.from(body.toString('utf8'), 'utf16le'),
      (body) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(body.toString('utf8'), 'utf16le')]),
      (body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]),
      (body) => Buffer.concat([body, Buffer.from([0xc3, 0x28, 0xff, 0x00])]),
      (body) => Buffer.concat([Buffer.from([0x00]), body]),
      (body) => Buffer.concat([body, body]),
    ),
  },
);

/** An answer that nobody should send, and some that are sound, so that both outcomes occur. */
const hostileAnswer = fc.record({
  body: fc
    .tuple(
      fc.oneof({ weight: 5, arbitrary: json }, { weight: 3, arbitrary: csv }, { weight: 1, arbitrary: words }),
      damage,
    )
    .map(([text, change]) => change(Buffer.from(text))),
  request: fc.constantFrom(daily, daily, daily, daily, daily, intraday),
  status: fc.constantFrom(200, 200, 200, 200, 200, 200, 200, 200, 503, 429, 302, 404),
});

/** Judges so many answers and counts what became of them. The seed makes a failure come again. */
export function fuzz(inputs: number, seed: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  fc.assert(
    fc.property(hostileAnswer, ({ body, request, status }) => {
      const judgement = judge(body, request, status);
      const name = 'rows' in judgement ? 'data' : judgement.reason;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }),
    { numRuns: inputs, seed },
  );
  return counts;
}
