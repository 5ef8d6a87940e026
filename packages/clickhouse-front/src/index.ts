export { type ClickHouseFront, type ClickHouseFrontOptions, startClickHouseFront } from './clickhouse-front.ts';
export { type Fault, type FaultProxy, type ProxiedRequest, startFaultProxy } from './fault-proxy.ts';
