import { isServiceError, Redacted } from '@quantumtrade/core-traits';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isVendorReason } from '../shared/vendor-reason.ts';
import { type ClassifiedPage, classifyPage } from './classify.ts';

const encoder = new TextEncoder();
const good = encoder.encode(
  '{"bars":{"META":[{"t":"2024-01-02T05:00:00Z","o":1.25,"h":2,"l":0.5,"c":1.5,"v":3.67960285,"n":3,"vw":1.2}]},' +
    '"next_page_token":"TUVU"}',
);

/** The page, or `undefined` where it was refused by a classified error; anything else fails the test. */
function judge(body: Uint8Array, status = 200): ClassifiedPage | undefined {
  try {
    return classifyPage(
      { status, headers: {}, body },
      {
        request: { symbol: 'META', interval: 'daily', adjusted: false },
        secretKey: new Redacted('A-SECRET-KEY'),
        redact: (text) => text,
        now: 0,
      },
    );
  } catch (error) {
    if (!isServiceError(error) || !isVendorReason(error.reason)) throw error;
    expect(error.message).not.toMatch(/\p{Cc}/u);
    return undefined;
  }
}

/** Every range of a page lies in its bytes. */
function isSound({ page }: ClassifiedPage): boolean {
  if (page === undefined) return true;
  const columns = [page.bars.label, ...Object.values(page.bars.values)];
  return columns.every(({ starts, ends }) =>
    starts.every((start, row) => start <= (ends[row] as number) && (ends[row] as number) <= page.text.length),
  );
}

describe('any body', () => {
  it('cut at any byte is refused', () => {
    for (let end = 0; end < good.length; end++) expect(judge(good.subarray(0, end)), `cut at ${end}`).toBeUndefined();
    expect(judge(good)).toMatchObject({ nextPageToken: 'TUVU' });
  });

  it('with a byte changed is refused by a classified error or gives ranges inside of it', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.constantFrom(200, 403, 500), (at, byte, status) => {
        const body = good.slice();
        body[at] = byte;
        const page = judge(body, status);
        expect(page === undefined || (status === 200 && isSound(page))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('of other JSON is refused or has no bars', () => {
    const key = fc.constantFrom(
      'bars',
      'META',
      'symbol',
      'next_page_token',
      'message',
      't',
      'o',
      '__proto__',
      'constructor',
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom('null', 'true', '1e999', '-0', '"META"', '"2024-01-02T05:00:00Z"', '""'),
        fc.array(tie('value') as fc.Arbitrary<string>, { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
        fc
          .array(fc.tuple(key, tie('value') as fc.Arbitrary<string>), { maxLength: 5 })
          .map((members) => `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`),
      ),
    })).value as fc.Arbitrary<string>;
    fc.assert(
      fc.property(json, (text) => {
        const page = judge(encoder.encode(text));
        expect(page === undefined || isSound(page)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('of any bytes is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (body) => {
        expect(judge(body)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
    expect(judge(encoder.encode(`${'['.repeat(100_000)}`))).toBeUndefined();
  });
});
