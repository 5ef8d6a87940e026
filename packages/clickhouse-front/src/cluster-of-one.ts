/**
 * A cluster whose only node is the engine itself. Distributed tables are the engine's own; there is no Keeper, so the
 * statements that need one run without it: `ON CLUSTER` on this node, replicated tables as plain ones.
 */
export function clusterConfiguration(name: string): string {
  return `<clickhouse>
  <tcp_port>9000</tcp_port>
  <macros><shard>1</shard><replica>one</replica></macros>
  <remote_servers>
    <${name}><shard>
      <internal_replication>true</internal_replication>
      <replica><host>127.0.0.1</host><port>9000</port></replica>
    </shard></${name}>
  </remote_servers>
</clickhouse>
`;
}

/** A statement for a cluster as a node without Keeper can run it. */
export function withoutKeeper(sql: string): string {
  if (!/^\s*(CREATE|ALTER|OPTIMIZE)\b/i.test(sql)) return sql;
  return sql
    .replace(/\s+ON CLUSTER '[^']*'/g, '')
    .replace(/\bReplicated(\w*MergeTree)\('[^']*',\s*'[^']*'(?:,\s*)?/g, '$1(')
    .replace(/(?<!non_)\breplicated_deduplication_window\b/g, 'non_replicated_deduplication_window');
}
