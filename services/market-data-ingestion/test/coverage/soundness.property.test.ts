import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { LedgerWorld, seriesOf } from './ledger-world.ts';

// Two hundred worlds, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const from = '2024-01-29';
const to = '2024-02-02';

/** What may happen to a series of five sessions, on both sides of the end of a month. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('month'), month: fc.constantFrom('2024-01', '2024-02') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('compact'), bars: fc.integer({ min: 1, max: 20 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('delete'), first: fc.nat(34), bars: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('correct'), bar: fc.nat(34) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('outage') }) },
) as fc.Arbitrary<
  | { kind: 'month'; month: string }
  | { kind: 'compact'; bars: number }
  | { kind: 'delete'; first: number; bars: number }
  | { kind: 'correct'; bar: number }
  | { kind: 'outage' }
>;

describe('the judgement of sessions', () => {
  it('never confirms the absence of a bar that the vendor has, and all others that an answer covered', async () => {
    const seen = { deleted: 0, intact: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 35, maxLength: 35 }),
        fc.array(happening, { maxLength: 10 }),
        async (traded, happenings) => {
          const world = new LedgerWorld('2024-03-01T00:00Z');
          const bars = world.expected(from, to);
          const vendor = new Set(bars.filter((_, index) => traded[index]));
          const stored = new Set<number>();
          const everStored = new Set<number>();
          const covered = new Set<number>();
          let deleted = false;
          let at = Date.parse('2024-02-10T00:00Z');
          const answer = async (given: number[], asked: object, first?: number, last?: number): Promise<void> => {
            if (given.length === 0) return;
            await world.answer({ bars: given, ...asked, at, close: String(at) });
            for (const bar of given) {
              stored.add(bar);
              everStored.add(bar);
            }
            const [begin, end] = [first ?? given[0] ?? 0, last ?? given.at(-1) ?? 0];
            for (const bar of bars) if (bar >= begin && bar <= end) covered.add(bar);
          };
          for (const event of happenings) {
            at += 3_600_000;
            const has = [...vendor].sort((a, b) => a - b);
            if (event.kind === 'month') {
              const within = (bar: number): boolean => new Date(bar).toISOString().startsWith(event.month);
              const all = bars.filter(within);
              await answer(has.filter(within), { month: event.month }, all[0], all.at(-1));
            } else if (event.kind === 'compact') {
              await answer(has.slice(-event.bars), { outputSize: 'compact' });
            } else if (event.kind === 'delete') {
              const gone = bars.slice(event.first, event.first + event.bars).filter((bar) => stored.delete(bar));
              deleted ||= gone.length > 0;
              world.store.deleteBars(seriesOf(), gone);
            } else if (event.kind === 'correct') {
              vendor.add(bars[event.bar] ?? 0);
            } else {
              await world.refuse({ at, reason: 'outage' });
            }
          }
          seen[deleted ? 'deleted' : 'intact'] += 1;
          const rows = await world.rows({ from, to });
          expect(rows).toHaveLength(5);
          for (const row of rows) {
            const expected = bars.filter((bar) => bar >= row.open && bar < row.close);
            const absent = expected.filter((bar) => !stored.has(bar));
            expect(row).toMatchObject({ expected: 7, present: 7 - absent.length });
            expect(['present', 'confirmedEmpty', 'pending']).toContain(row.state);
            expect(row.state === 'pending').toBe(row.present + row.absentConfirmed < row.expected);
            expect(row.state === 'confirmedEmpty').toBe(row.absentConfirmed === row.expected);
            const empty = absent.filter((bar) => covered.has(bar) && !everStored.has(bar));
            if (deleted) expect(row.absentConfirmed).toBeLessThanOrEqual(empty.length);
            else expect(row.absentConfirmed).toBe(empty.length);
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(Math.min(seen.deleted, seen.intact)).toBeGreaterThan(20);
  });
});
