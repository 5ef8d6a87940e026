import type { ClickHouseClient } from '@clickhouse/client';

type Method = (this: unknown, parameters: { readonly query: string }) => Promise<unknown>;

/**
 * Milliseconds that the statements of this process take while some work goes on, by what `labelOf` makes of their text.
 * The store owns its clients, so this listens where all of them are called: at the class of any one of them, which is as
 * before afterwards.
 */
export async function statementTimes(
  client: ClickHouseClient,
  work: () => Promise<unknown>,
  labelOf: (sql: string) => string | undefined,
): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  const methods = Object.getPrototypeOf(client) as Record<'command' | 'exec' | 'query', Method>;
  const before = { command: methods.command, exec: methods.exec, query: methods.query };
  for (const name of ['command', 'exec', 'query'] as const) {
    const method = before[name];
    methods[name] = async function timed(parameters) {
      const began = performance.now();
      try {
        return await method.call(this, parameters);
      } finally {
        const label = labelOf(parameters.query);
        if (label !== undefined) times.set(label, (times.get(label) ?? 0) + performance.now() - began);
      }
    };
  }
  try {
    await work();
  } finally {
    Object.assign(methods, before);
  }
  return times;
}
