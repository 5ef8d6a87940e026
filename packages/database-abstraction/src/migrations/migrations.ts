/** A numbered step of the schema. Once released it never changes: a later need is a later number. */
export interface Migration {
  readonly id: number;
  readonly name: string;
  /** Statements that can each run again without harm. `{database}` stands for the database's name. */
  readonly statements: readonly string[];
}

const price = 'Decimal(38, 18)';

/** The schema, oldest step first. */
export const migrations: readonly Migration[] = [
  {
    id: 1,
    name: 'bars and quarantine',
    statements: [
      // Every version of every bar, so nothing is replaced; the newest one of a key is the largest ingested_at. Not
      // partitioned: a weekly series spans decades, and an insert that touches many partitions is not atomic.
      `CREATE TABLE IF NOT EXISTS {database}.bars (
        symbol LowCardinality(String),
        interval LowCardinality(String),
        source LowCardinality(String),
        adjustment LowCardinality(String),
        open_time DateTime64(3, 'UTC') CODEC(Delta, LZ4),
        ingested_at DateTime64(3, 'UTC'),
        session_date Date32 CODEC(Delta, LZ4),
        open ${price},
        high ${price},
        low ${price},
        close ${price},
        adjusted_close Nullable(${price}),
        volume Nullable(${price}),
        quality_score UInt8,
        bar_label LowCardinality(String),
        batch_id UUID
      )
      ENGINE = MergeTree
      ORDER BY (symbol, interval, source, adjustment, open_time, ingested_at)
      SETTINGS non_replicated_deduplication_window = 10000`,
      // Rejected rows in the vendor's own words. An empty text means that the vendor gave none.
      `CREATE TABLE IF NOT EXISTS {database}.quarantine (
        symbol LowCardinality(String),
        interval LowCardinality(String),
        source LowCardinality(String),
        adjustment LowCardinality(String),
        label String,
        quarantined_at DateTime64(3, 'UTC'),
        open String,
        high String,
        low String,
        close String,
        adjusted_close String,
        volume String,
        quality_score UInt8,
        broken_rules Array(String),
        fingerprint String,
        batch_id UUID
      )
      ENGINE = MergeTree
      ORDER BY (symbol, interval, source, adjustment, label)
      SETTINGS non_replicated_deduplication_window = 10000`,
    ],
  },
  {
    id: 2,
    name: 'lineage and collections',
    statements: [
      // Empty for what was stored before: nobody wrote it down then.
      `ALTER TABLE {database}.bars
        ADD COLUMN IF NOT EXISTS last_refreshed LowCardinality(String) DEFAULT '',
        ADD COLUMN IF NOT EXISTS broken_rules Array(LowCardinality(String)) DEFAULT []`,
      // One row a collection and one more where a replay ended it later: the newest recorded_at of a batch counts.
      `CREATE TABLE IF NOT EXISTS {database}.ingestion_batches (
        symbol LowCardinality(String),
        interval LowCardinality(String),
        source LowCardinality(String),
        adjustment LowCardinality(String),
        batch_id UUID,
        accepted_at DateTime64(3, 'UTC'),
        recorded_at DateTime64(3, 'UTC'),
        outcome LowCardinality(String),
        duration_ms Float64,
        fetch_ms Nullable(Float64),
        process_ms Nullable(Float64),
        store_ms Nullable(Float64),
        collected_count UInt32,
        processed_count UInt32,
        cached_count UInt32,
        stored UInt32,
        unchanged UInt32,
        duplicates UInt32,
        quarantined UInt32,
        spooled UInt32,
        quality_score Float64,
        first_open_time Nullable(DateTime64(3, 'UTC')),
        last_open_time Nullable(DateTime64(3, 'UTC')),
        last_refreshed String,
        output_size LowCardinality(String),
        month LowCardinality(String),
        error_kind LowCardinality(String),
        error_reason LowCardinality(String)
      )
      ENGINE = MergeTree
      ORDER BY (symbol, accepted_at, batch_id)
      SETTINGS non_replicated_deduplication_window = 10000`,
    ],
  },
  {
    id: 3,
    name: 'corporate actions',
    statements: [
      // Every version of every dividend and split. A batch is about one list of them, so the sorting key, which spreads
      // rows over a cluster, holds that and nothing more: a batch is one block on one node.
      `CREATE TABLE IF NOT EXISTS {database}.corporate_actions (
        symbol LowCardinality(String),
        source LowCardinality(String),
        kind LowCardinality(String),
        ex_date Date32,
        place UInt16,
        ingested_at DateTime64(3, 'UTC'),
        value ${price},
        declaration_date Nullable(Date32),
        record_date Nullable(Date32),
        payment_date Nullable(Date32),
        withdrawn Bool,
        batch_id UUID
      )
      ENGINE = MergeTree
      ORDER BY (symbol, source, kind)
      SETTINGS non_replicated_deduplication_window = 10000`,
      // Rejected rows in the vendor's own words, as a JSON object.
      `CREATE TABLE IF NOT EXISTS {database}.rejected_corporate_actions (
        symbol LowCardinality(String),
        source LowCardinality(String),
        kind LowCardinality(String),
        row String,
        broken_rules Array(String),
        fingerprint String,
        rejected_at DateTime64(3, 'UTC'),
        batch_id UUID
      )
      ENGINE = MergeTree
      ORDER BY (symbol, source, kind)
      SETTINGS non_replicated_deduplication_window = 10000`,
    ],
  },
];
