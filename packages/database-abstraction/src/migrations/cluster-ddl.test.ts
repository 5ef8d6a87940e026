import { describe, expect, it } from 'vitest';
import { clusterStatements } from './cluster-ddl.ts';

const flat = (statement: string): string[] =>
  clusterStatements(statement, 'main').map((sql) => sql.replace(/\s+/g, ' '));

describe('clusterStatements', () => {
  it('makes a replicated table and a distributed one over it, one series on one shard', () => {
    const columns = '(symbol String, interval String, source String, adjustment String, price Decimal(38, 18))';
    expect(
      flat(`CREATE TABLE IF NOT EXISTS db.bars ${columns}
        ENGINE = MergeTree ORDER BY (symbol, price) SETTINGS non_replicated_deduplication_window = 10`),
    ).toEqual([
      `CREATE TABLE IF NOT EXISTS db.bars_local ON CLUSTER 'main' ${columns} ENGINE = ` +
        "ReplicatedMergeTree('/clickhouse/tables/{shard}/db/bars', '{replica}') ORDER BY (symbol, price) " +
        'SETTINGS replicated_deduplication_window = 10',
      "CREATE TABLE IF NOT EXISTS db.bars ON CLUSTER 'main' AS db.bars_local ENGINE = " +
        "Distributed('main', db, bars_local, cityHash64(symbol, interval, source, adjustment))",
    ]);
  });

  it('keeps the arguments of an engine, and spreads a table without a series by its sorting key', () => {
    const [local, distributed] = flat(
      'CREATE TABLE IF NOT EXISTS db.batches (id UUID, v UInt8) ENGINE = ReplacingMergeTree(v) ORDER BY id',
    );
    expect(local).toContain(
      "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/db/batches', '{replica}', v) ORDER BY id",
    );
    expect(distributed).toContain('cityHash64(id)');
  });

  it('alters the columns of both tables, without codecs above, and what only storage has below', () => {
    const changes = "ADD COLUMN IF NOT EXISTS a String DEFAULT 'x, y' CODEC(Delta(8), LZ4), ADD INDEX i a TYPE minmax";
    expect(flat(`ALTER TABLE db.bars ${changes}`)).toEqual([
      `ALTER TABLE db.bars_local ON CLUSTER 'main' ${changes}`,
      "ALTER TABLE db.bars ON CLUSTER 'main' ADD COLUMN IF NOT EXISTS a String DEFAULT 'x, y'",
    ]);
    expect(flat('ALTER TABLE db.bars MODIFY SETTING non_replicated_deduplication_window = 5')).toEqual([
      "ALTER TABLE db.bars_local ON CLUSTER 'main' MODIFY SETTING replicated_deduplication_window = 5",
    ]);
  });

  it.each([
    'CREATE TABLE db.bars (x UInt8) ENGINE = MergeTree ORDER BY x',
    'CREATE TABLE IF NOT EXISTS db.bars (x UInt8) ENGINE = Log',
    'CREATE TABLE IF NOT EXISTS db.bars (x UInt8) ENGINE = MergeTree ORDER BY tuple()',
    'ALTER TABLE db.bars DELETE WHERE x = 1',
    'CREATE VIEW db.v AS SELECT 1',
    'INSERT INTO db.bars SELECT 1',
  ])('refuses what it has no form for: %s', (statement) => {
    expect(() => clusterStatements(statement, 'main')).toThrow(/teach clusterStatements its form/);
  });
});
