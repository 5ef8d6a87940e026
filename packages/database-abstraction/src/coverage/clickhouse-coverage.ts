import type {
  CollectionAnswer,
  CollectionOutcome,
  CoverageReader,
  DayCount,
  Interval,
  RejectedLabel,
  Series,
  SeriesGroup,
  SliceCount,
  StoreOptions,
  TimeSlice,
} from '@quantumtrade/shared-types';
import { type CoalescingLimits, GroupCommit, orAlone } from '../clickhouse/group-commit.ts';
import type { NewSeries } from '../clickhouse/new-series.ts';
import { anyOf, askOncePerSeries, placeAmong, seriesCondition, seriesParameters } from '../clickhouse/series-filter.ts';
import { literal, typedLiteral } from '../engine/literal.ts';
import type { QueryParameters, SqlEngine } from '../engine/sql-engine.ts';

export interface ClickHouseCoverageOptions {
  readonly engine: () => SqlEngine;
  readonly database: string;
  /** How much is looked up together; nothing when left out. */
  readonly coalescing?: CoalescingLimits | undefined;
  /** Series that are known to have had nothing stored before. */
  readonly newSeries?: NewSeries | undefined;
}

const minuteMs = 60_000;
const allBits = 'toUInt64(18446744073709551615)';
/** So many slices are some 100 kB of SQL; the engine takes 256 kB. */
const slicesPerQuery = 3000;
/** So many symbols stay within the same limit. */
const symbolsPerQuery = 2000;

const groupCondition = 'interval = {interval:String} AND source = {source:String} AND adjustment = {adjustment:String}';

/** Completeness as the engine counts it: bars are grouped by day in the order of the key, and only the groups leave it. */
export class ClickHouseCoverage implements CoverageReader {
  readonly #engine: () => SqlEngine;
  readonly #bars: string;
  readonly #batches: string;
  readonly #quarantine: string;
  readonly #newSeries: NewSeries | undefined;
  /** Each compact collection asks, and of several at a time most of the cost is the same as of one. */
  readonly #newest: GroupCommit<NewestQuery, number | undefined>;

  constructor({ engine, database, coalescing, newSeries }: ClickHouseCoverageOptions) {
    this.#newSeries = newSeries;
    this.#newest = new GroupCommit({
      limits: coalescing && { ...coalescing, maxRows: 100 },
      rowsOf: () => 1,
      together: (queries) => askOncePerSeries(queries, (some) => this.#newestBefore(some)),
    });
    this.#engine = engine;
    this.#bars = `${database}.bars`;
    this.#batches = `${database}.ingestion_batches`;
    this.#quarantine = `${database}.quarantine`;
  }

  async storedSymbols(group: Omit<SeriesGroup, 'symbols'>, options?: StoreOptions): Promise<string[]> {
    const rows = await this.#engine().rows<{ symbol: string }>(
      `SELECT DISTINCT symbol FROM ${this.#bars} WHERE ${groupCondition} ORDER BY symbol`,
      groupParameters(group),
      options,
    );
    return rows.map(({ symbol }) => symbol);
  }

  async countSlices(group: SeriesGroup, slices: readonly TimeSlice[], options?: StoreOptions): Promise<SliceCount[]> {
    const counts: SliceCount[] = [];
    for (const symbols of pieces(group.symbols, symbolsPerQuery)) {
      for (const part of sliceGroups(slices)) {
        counts.push(...(await this.#countSlices({ ...group, symbols }, part, options)));
      }
    }
    return counts;
  }

  async #countSlices(group: SeriesGroup, slices: readonly TimeSlice[], options?: StoreOptions): Promise<SliceCount[]> {
    // Versions of a bar are one bit: minutes are gathered as words of 64, and each word is compared with the slices that
    // it reaches into.
    const tuples = slices.map(({ index, from, until }) => `(${index},${minuteOf(from)},${minuteOf(until)})`);
    const first = slices.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY);
    const last = slices.reduce((most, { until }) => Math.max(most, until), Number.NEGATIVE_INFINITY);
    const rows = await this.#engine().rows<SliceRow>(
      `SELECT symbol, slice_index, sum(bitCount(bitAnd(minutes, mask))) AS bars,
         toString(argMax(batch, ingested)) AS batch_id, toUnixTimestamp64Milli(max(ingested)) AS ingested_at
       FROM (
         SELECT symbol, toUInt32(intDiv(toUnixTimestamp64Milli(open_time), ${64 * minuteMs})) AS word,
           groupBitOr(bitShiftLeft(toUInt64(1), toUInt8(bitAnd(intDiv(toUnixTimestamp64Milli(open_time), ${minuteMs}), 63)))) AS minutes,
           any(batch_id) AS batch, max(ingested_at) AS ingested
         FROM ${this.#bars}
         WHERE ${inSymbols(group)} AND ${groupCondition}
           AND open_time >= fromUnixTimestamp64Milli({first:Int64}, 'UTC')
           AND open_time < fromUnixTimestamp64Milli({last:Int64}, 'UTC')
         GROUP BY symbol, word
       ) AS words
       INNER JOIN (
         SELECT arrayJoin([${tuples.join(',')}]) AS slice, toUInt32(slice.1) AS slice_index,
           toInt64(slice.2) AS since, toInt64(slice.3) AS until,
           arrayJoin(range(toUInt32(intDiv(since, 64)), toUInt32(intDiv(until + 63, 64)))) AS word,
           bitAnd(bitShiftLeft(${allBits}, toUInt8(greatest(since - toInt64(word) * 64, 0))),
             bitShiftRight(${allBits}, toUInt8(64 - least(until - toInt64(word) * 64, 64)))) AS mask
       ) AS slices
       ON words.word = slices.word
       GROUP BY symbol, slice_index
       HAVING bars > 0`,
      { ...groupParameters(group), first, last },
      options,
    );
    return rows.map((row) => ({
      symbol: row.symbol,
      index: Number(row.slice_index),
      bars: Number(row.bars),
      batchId: row.batch_id,
      ingestedAt: Number(row.ingested_at),
    }));
  }

  async countDays(
    group: SeriesGroup,
    { from, to }: { readonly from: string; readonly to: string },
    options?: StoreOptions,
  ): Promise<DayCount[]> {
    const counts: DayCount[] = [];
    for (const symbols of pieces(group.symbols, symbolsPerQuery)) {
      const rows = await this.#engine().rows<DayRow>(
        `SELECT symbol, toString(session_date) AS session, toString(argMax(batch_id, bars.ingested_at)) AS batch_id_text,
           toUnixTimestamp64Milli(max(bars.ingested_at)) AS ingested
         FROM ${this.#bars} AS bars
         WHERE ${inSymbols({ symbols })} AND ${groupCondition}
           AND session_date BETWEEN toDate32({from:String}) AND toDate32({to:String})
         GROUP BY symbol, session_date`,
        { ...groupParameters(group), from, to },
        options,
      );
      for (const { symbol, session, batch_id_text: batchId, ingested } of rows) {
        counts.push({ symbol, session, batchId, ingestedAt: Number(ingested) });
      }
    }
    return counts;
  }

  async answers(
    group: SeriesGroup,
    range: { readonly from: number; readonly to: number },
    options?: StoreOptions,
  ): Promise<CollectionAnswer[]> {
    const answers: CollectionAnswer[] = [];
    for (const symbols of pieces(group.symbols, symbolsPerQuery)) {
      answers.push(...(await this.#answers({ ...group, symbols }, range, options)));
    }
    return answers;
  }

  async #answers(
    group: SeriesGroup,
    { from, to }: { readonly from: number; readonly to: number },
    options?: StoreOptions,
  ): Promise<CollectionAnswer[]> {
    // Whoever polls has thousands of answers about other days.
    const rows = await this.#engine().rows<AnswerRow>(
      `SELECT symbol, interval, toString(batch_id) AS batch, outcome, month, output_size, error_reason,
         toUnixTimestamp64Milli(accepted_at) AS accepted, processed_count,
           interval != {interval:String} OR kept >= stored AS intact,
         toUnixTimestamp64Milli(first_open_time) AS first, toUnixTimestamp64Milli(last_open_time) AS last
       FROM (
         SELECT *, row_number() OVER (PARTITION BY symbol, interval, outcome, output_size ORDER BY accepted_at DESC) AS newer,
           row_number() OVER (PARTITION BY symbol, interval ORDER BY accepted_at) AS older
         FROM (
           SELECT * FROM ${this.#batches}
           WHERE ${inSymbols(group)} AND interval IN ({interval:String}, 'daily') AND source = {source:String}
             AND adjustment = {adjustment:String}
           ORDER BY recorded_at DESC LIMIT 1 BY batch_id
         )
       ) AS answers
       LEFT JOIN (
         SELECT batch_id AS kept_id, count() AS kept FROM ${this.#bars}
         WHERE ${inSymbols(group)} AND ${groupCondition} GROUP BY batch_id
       ) AS kept_bars ON answers.batch_id = kept_bars.kept_id
       WHERE outcome != 'stored' OR month != '' OR newer = 1 OR older = 1
         OR (first_open_time <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')
           AND last_open_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
       ORDER BY accepted_at DESC, batch_id`,
      { ...groupParameters(group), from, to },
      options,
    );
    return rows.map((row) => ({
      symbol: row.symbol,
      interval: row.interval,
      batchId: row.batch,
      acceptedAt: Number(row.accepted),
      outcome: row.outcome,
      processedCount: Number(row.processed_count),
      firstOpenTime: row.first === null ? undefined : Number(row.first),
      lastOpenTime: row.last === null ? undefined : Number(row.last),
      month: row.month === '' ? undefined : row.month,
      outputSize: row.output_size === '' ? undefined : row.output_size,
      errorReason: row.error_reason === '' ? undefined : row.error_reason,
      intact: Number(row.intact) === 1,
    }));
  }

  async rejectedLabels(group: SeriesGroup, options?: StoreOptions): Promise<RejectedLabel[]> {
    const rejected: RejectedLabel[] = [];
    for (const symbols of pieces(group.symbols, symbolsPerQuery)) {
      const rows = await this.#engine().rows<{ symbol: string; label: string; batch: string; rejected: string }>(
        `SELECT symbol, label, toString(batch_id) AS batch, toUnixTimestamp64Milli(quarantined_at) AS rejected
         FROM ${this.#quarantine} WHERE ${inSymbols({ symbols })} AND ${groupCondition}
         ORDER BY symbol, label, quarantined_at, batch`,
        groupParameters(group),
        options,
      );
      for (const { symbol, label, batch, rejected: at } of rows) {
        rejected.push({ symbol, label, batchId: batch, rejectedAt: Number(at) });
      }
    }
    return rejected;
  }

  async countKnownTo(series: Series, answer: CollectionAnswer, options?: StoreOptions): Promise<number> {
    const { firstOpenTime: first, lastOpenTime: last, acceptedAt, batchId } = answer;
    if (first === undefined || last === undefined) return 0;
    const [row] = await this.#engine().rows<{ bars: string }>(
      `SELECT uniqExact(open_time) AS bars FROM ${this.#bars}
       WHERE ${seriesCondition} AND open_time BETWEEN fromUnixTimestamp64Milli({first:Int64}, 'UTC')
         AND fromUnixTimestamp64Milli({last:Int64}, 'UTC')
         AND (ingested_at <= fromUnixTimestamp64Milli({acceptedAt:Int64}, 'UTC') OR batch_id = {batchId:UUID})`,
      { ...seriesParameters(series), first, last, acceptedAt, batchId },
      options,
    );
    return Number(row?.bars ?? 0);
  }

  async newestBefore(series: Series, instant: number, options?: StoreOptions): Promise<number | undefined> {
    if (this.#newSeries?.hasNothingBefore(series, instant)) return undefined;
    const query = { series, instant };
    return await orAlone(
      () => this.#newest.run(query, options?.signal),
      async () => (await this.#newestBefore([query]))[0],
    );
  }

  /** Of different series. */
  async #newestBefore(queries: readonly NewestQuery[]): Promise<(number | undefined)[]> {
    const [first] = queries;
    if (first === undefined) return [];
    if (queries.length === 1) {
      const [row] = await this.#engine().rows<{ newest: string }>(
        `SELECT toUnixTimestamp64Milli(open_time) AS newest FROM ${this.#bars}
         WHERE ${seriesCondition} AND open_time < fromUnixTimestamp64Milli({instant:Int64}, 'UTC')
         ORDER BY open_time DESC LIMIT 1`,
        { ...seriesParameters(first.series), instant: first.instant },
      );
      return [row && Number(row.newest)];
    }
    const series = queries.map((query) => query.series);
    const instants = typedLiteral(`[${queries.map(({ instant }) => instant).join(', ')}]`, 'Array(Int64)');
    const rows = await this.#engine().rows<{ place: number; bars: string; newest: string }>(
      `SELECT ${placeAmong(series)} AS place, countIf(before) AS bars,
         toUnixTimestamp64Milli(maxIf(open_time, toUnixTimestamp64Milli(open_time) < ${instants}[place + 1] AS before)) AS newest
       FROM ${this.#bars} WHERE ${anyOf(series)} GROUP BY place`,
    );
    const found = new Map(rows.map(({ place, bars, newest }) => [place, bars === '0' ? undefined : Number(newest)]));
    return queries.map((_, place) => found.get(place));
  }
}

/** Which series is asked for its newest bar before an instant. */
interface NewestQuery {
  readonly series: Series;
  readonly instant: number;
}

interface SliceRow {
  readonly symbol: string;
  readonly slice_index: string | number;
  readonly bars: string;
  readonly batch_id: string;
  readonly ingested_at: string;
}

interface DayRow {
  readonly symbol: string;
  readonly session: string;
  readonly batch_id_text: string;
  readonly ingested: string;
}

interface AnswerRow {
  readonly symbol: string;
  readonly interval: Interval;
  readonly batch: string;
  readonly outcome: CollectionOutcome;
  readonly month: string;
  readonly output_size: string;
  readonly error_reason: string;
  readonly accepted: string;
  readonly processed_count: number;
  readonly intact: number | boolean;
  readonly first: string | null;
  readonly last: string | null;
}

function groupParameters({ interval, source, adjustment }: Omit<SeriesGroup, 'symbols'>): QueryParameters {
  return { interval, source, adjustment };
}

/** As literals: parameters travel in the address of a request, which is no place for thousands of symbols. */
function inSymbols({ symbols }: Pick<SeriesGroup, 'symbols'>): string {
  return symbols.length === 0 ? 'false' : `symbol IN (${symbols.map(literal).join(', ')})`;
}

/** Bars open at whole minutes: the first one at or after an instant. */
function minuteOf(instant: number): number {
  return Math.ceil(instant / minuteMs);
}

/** Slices of one index stay together, so that no index is told back twice. */
function sliceGroups(slices: readonly TimeSlice[]): TimeSlice[][] {
  const groups: TimeSlice[][] = [];
  for (const slice of slices) {
    const group = groups.at(-1);
    const full = group === undefined || (group.length >= slicesPerQuery && group.at(-1)?.index !== slice.index);
    if (full) groups.push([slice]);
    else group.push(slice);
  }
  return groups;
}

function pieces<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
