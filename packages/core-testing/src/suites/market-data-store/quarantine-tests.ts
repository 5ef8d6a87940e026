import type { MarketDataStore, QuarantinedBar, StoredQuarantine } from '@quantumtrade/shared-types';
import { type SuiteFactory, type TestFunctions, withSubject } from '../suite.ts';
import { freshSeries, nextIdentity } from './fresh.ts';

const hostileTexts = [
  `single ' double " back \` ticks`,
  "'; DROP TABLE market_data; --",
  'line\nfeed\r\nand\ttab',
  '\n\n1,2,3\n',
  'back\\slash \\n \\\\ \\',
  'nul\u0000nul',
  '\ufeffbyte order mark',
  'emoji 🚀 é 漢字 \u202eright to left',
  '{"a": [1, null]} {b:String} $1 %s ?',
  ' spaces at both ends ',
  '\\N',
];

const row: QuarantinedBar = {
  label: '2024-01-02',
  values: { open: '1', high: '0.5', low: '1', close: '1', volume: '100' },
  qualityScore: 40,
  brokenRules: ['highBelowLow', 'openAboveHigh'],
};

/** Quarantine: rejected rows as the vendor wrote them, each once. */
export function quarantineTests({ describe, it, expect }: TestFunctions, factory: SuiteFactory<MarketDataStore>): void {
  describe('quarantine', () => {
    it(
      'gives back every field of a rejected row',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const identity = nextIdentity();
        await store.insertQuarantine(series, [row], identity);
        const [{ rowId, ...kept } = { rowId: '' }, ...others] = await store.getQuarantine({ symbol: series.symbol });
        expect(others).toEqual([]);
        expect(kept).toEqual({ ...series, ...row, quarantinedAt: identity.acceptedAt, batchId: identity.batchId });
        expect(/^[A-Za-z0-9]{1,64}$/.test(rowId)).toBe(true);
      }),
    );

    it(
      'adds nothing for a row that is there already with the same text and rules',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const identity = nextIdentity();
        await store.insertQuarantine(series, [row], identity);
        await store.insertQuarantine(series, [row], identity);
        await store.insertQuarantine(series, [{ ...row, qualityScore: 41 }], nextIdentity());
        const kept = await store.getQuarantine({ symbol: series.symbol });
        expect(kept.map(({ batchId }) => batchId)).toEqual([identity.batchId]);
      }),
    );

    it(
      'adds a row that differs in label, in a value, in its rules or in its series',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertQuarantine(series, [row], nextIdentity());
        const { volume: _, ...withoutVolume } = row.values;
        const others: readonly QuarantinedBar[] = [
          { ...row, label: '2024-01-03' },
          { ...row, values: { ...row.values, open: '1.0' } },
          { ...row, values: withoutVolume },
          { ...row, brokenRules: ['highBelowLow'] },
        ];
        await store.insertQuarantine(series, others, nextIdentity());
        await store.insertQuarantine({ ...series, interval: 'weekly' }, [row], nextIdentity());
        await store.insertQuarantine({ ...series, source: 'other' }, [row], nextIdentity());
        await store.insertQuarantine({ ...series, adjustment: 'adjusted' }, [row], nextIdentity());
        expect((await store.getQuarantine({ symbol: series.symbol })).length).toBe(8);
      }),
    );

    it(
      'gives rejected rows oldest first',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        const [older, newer] = [nextIdentity(), nextIdentity()];
        await store.insertQuarantine(series, [{ ...row, label: 'newer' }], newer);
        await store.insertQuarantine(series, [{ ...row, label: 'older' }], older);
        const labels = (await store.getQuarantine({ symbol: series.symbol })).map(({ label }) => label);
        expect(labels).toEqual(['older', 'newer']);
      }),
    );

    it(
      'goes on after any row, each row once, also where all are of one instant and their labels begin alike',
      withSubject(factory, async (store) => {
        const { symbol, ...series } = freshSeries();
        const [first, second] = [nextIdentity(), nextIdentity()];
        const long = 'x\u{1f680}\u00e9\u0000\n'.repeat(20);
        const rows = ['2024-01-03', '2024-01-02', '', long, `${long}b`, `${long}a`, ...hostileTexts].flatMap(
          (label) => [
            { ...row, label },
            { ...row, label, brokenRules: [label, 'other'] },
          ],
        );
        await store.insertQuarantine({ ...series, symbol }, rows, second);
        await store.insertQuarantine({ ...series, symbol, interval: 'weekly' }, rows.slice(4), {
          ...nextIdentity(),
          acceptedAt: second.acceptedAt,
        });
        await store.insertQuarantine({ ...series, symbol, source: 'other' }, rows.slice(0, 2), first);
        const all = await store.getQuarantine({ symbol });
        expect(all.length).toBe(2 * rows.length - 2);
        expect(all.slice(0, 2).map(({ label }) => label)).toEqual(['2024-01-03', '2024-01-03']);
        const plain = all.filter(({ batchId, label }) => batchId === second.batchId && label.startsWith('2024'));
        expect(plain.map(({ label }) => label)).toEqual(['2024-01-02', '2024-01-02', '2024-01-03', '2024-01-03']);
        for (const limit of [1, 5]) {
          const seen: StoredQuarantine[] = [];
          for (let page = all.slice(0, 0); page.length > 0 || seen.length === 0; ) {
            page = await store.getQuarantine({ symbol, limit, after: seen.at(-1) });
            seen.push(...page);
            if (seen.length > all.length || page.length > limit) break;
          }
          expect(seen).toEqual(all);
        }
      }),
    );

    it(
      'asks for one symbol, or for all',
      withSubject(factory, async (store) => {
        const [one, other] = [freshSeries(), freshSeries()];
        await store.insertQuarantine(one, [row], nextIdentity());
        await store.insertQuarantine(other, [row], nextIdentity());
        expect((await store.getQuarantine({ symbol: one.symbol })).map(({ symbol }) => symbol)).toEqual([one.symbol]);
        expect(await store.getQuarantine({ symbol: freshSeries().symbol })).toEqual([]);
        const all = new Set((await store.getQuarantine()).map(({ symbol }) => symbol));
        expect(all.has(one.symbol) && all.has(other.symbol)).toBe(true);
      }),
    );

    it(
      'accepts no rows at all',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertQuarantine(series, [], nextIdentity());
        expect(await store.getQuarantine({ symbol: series.symbol })).toEqual([]);
      }),
    );

    it(
      'keeps any text word for word: labels, values and rules',
      withSubject(factory, async (store) => {
        for (const text of hostileTexts) {
          const series = freshSeries();
          const hostile: QuarantinedBar = {
            label: text,
            values: { open: text, close: `${text}${text}` },
            qualityScore: 0,
            brokenRules: [text, 'unreadable'],
          };
          await store.insertQuarantine(series, [hostile], nextIdentity());
          await store.insertQuarantine(series, [hostile], nextIdentity());
          const kept = await store.getQuarantine({ symbol: series.symbol });
          const texts = kept.map(({ label, values, brokenRules }) => ({ label, values, brokenRules }));
          const { label, values, brokenRules } = hostile;
          expect(texts, JSON.stringify(text)).toEqual([{ label, values, brokenRules }]);
        }
      }),
    );

    it(
      'leaves the bars of the series alone',
      withSubject(factory, async (store) => {
        const series = freshSeries();
        await store.insertQuarantine(series, [row], nextIdentity());
        expect(await store.getStoredBars(series)).toEqual([]);
      }),
    );
  });
}
