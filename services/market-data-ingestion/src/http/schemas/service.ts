import {
  exactly,
  flag,
  instant,
  type JsonSchema,
  listOf,
  type NamedSchema,
  named,
  number,
  oneOf,
  text,
} from './schema.ts';

export const serviceSchema: NamedSchema = named(
  'Service',
  exactly({ name: text, version: text, source: text, documentation: text, openapi: text }),
  {
    name: 'market-data-ingestion',
    version: '0.1.0',
    source: 'alpha_vantage',
    documentation: '/docs',
    openapi: '/openapi.json',
  },
);

export const liveSchema: JsonSchema = { ...exactly({ live: flag }), examples: [{ live: true }] };

export const readinessSchema: NamedSchema = named(
  'Readiness',
  exactly({ ready: flag, reason: text }, { optional: ['reason'] }),
  { ready: true },
);

/** A report as `health --json` prints it, with a section for each part that works in the background. */
export const healthSchema: NamedSchema = named(
  'Health',
  {
    ...exactly({
      serviceName: text,
      status: oneOf('healthy', 'degraded', 'unhealthy'),
      timestamp: instant,
      uptimeSeconds: number,
      version: text,
      checks: listOf(
        exactly(
          {
            name: text,
            status: oneOf('healthy', 'degraded', 'unhealthy', 'unknown'),
            message: text,
            implementation: text,
            lastCheck: instant,
            responseTimeMs: number,
          },
          { optional: ['implementation'] },
        ),
      ),
    }),
    additionalProperties: {
      type: 'object',
      description: 'what a part that works in the background says of itself, under its name',
      additionalProperties: true,
    },
  },
  {
    serviceName: 'market-data-ingestion',
    status: 'healthy',
    timestamp: '2024-01-03T02:15:00.000Z',
    uptimeSeconds: 86_400.5,
    version: '0.1.0',
    checks: [
      {
        name: 'clickhouse',
        status: 'healthy',
        message: '',
        implementation: 'embedded',
        lastCheck: '2024-01-03T02:14:59.998Z',
        responseTimeMs: 1.7,
      },
    ],
  },
);
