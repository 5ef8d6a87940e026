import { healthRow } from '../../cli/health.ts';
import { version } from '../../version.ts';
import type { HealthSection, HttpApiDependencies } from '../dependencies.ts';
import { answers, type HttpApp, textAnswer } from '../http-app.ts';
import { RecentHealth } from '../recent-health.ts';
import { ref } from '../schemas/schema.ts';
import { healthSchema, liveSchema, readinessSchema, serviceSchema } from '../schemas/service.ts';

const tags = ['service'];

/** What is asked about the service itself: who it is, whether it lives, is ready and is well, and its metrics. */
export function addProbes(
  app: HttpApp,
  { service, clock, jobs, sections = [], metricsText }: HttpApiDependencies,
): void {
  const recent = new RecentHealth({ service, clock });
  app.get(
    '/',
    {
      config: { scope: 'open' },
      schema: {
        tags,
        operationId: 'getService',
        summary: 'what this is',
        response: answers(200, ref(serviceSchema)),
      },
    },
    async () => ({
      name: service.serviceName,
      version,
      source: service.source,
      documentation: '/docs',
      openapi: '/openapi.json',
    }),
  );
  app.get(
    '/live',
    {
      config: { scope: 'open' },
      schema: {
        tags,
        operationId: 'getLive',
        summary: 'the process answers; asks nothing else',
        response: answers(200, liveSchema),
      },
    },
    async () => ({ live: true }),
  );
  app.get(
    '/ready',
    {
      config: { scope: 'open' },
      schema: {
        tags,
        operationId: 'getReady',
        summary: 'whether work may be sent: 200, or 503 with the component at fault and its status',
        response: answers(200, ref(readinessSchema), { 503: ref(readinessSchema) }),
      },
    },
    async (_, reply) => {
      const readiness = jobs.stopping
        ? { ready: false, reason: 'the service is stopping' }
        : await service.readyCheck();
      return await reply.code(readiness.ready ? 200 : 503).send(readiness);
    },
  );
  app.get(
    '/health',
    {
      schema: {
        tags,
        operationId: 'getHealth',
        summary:
          'every component, the uptime in seconds, the version, and what works in the background; 503 when unhealthy',
        response: answers(200, ref(healthSchema), { 503: ref(healthSchema) }),
      },
    },
    async (_, reply) => {
      const health = await recent.healthCheck();
      const parts = await Promise.all(sections.map(async (part) => [part.name, await sectionOf(part)] as const));
      return await reply
        .code(health.status === 'unhealthy' ? 503 : 200)
        .send({ ...Object.fromEntries(parts), ...healthRow(health) });
    },
  );
  if (metricsText === undefined) return;
  app.get(
    '/metrics',
    {
      schema: {
        tags,
        operationId: 'getMetrics',
        summary: 'metrics in the Prometheus text format',
        response: answers(200, textAnswer('text/plain', 'the metrics', '# TYPE up gauge\nup 1\n')),
      },
    },
    async (_, reply) =>
      await reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(await metricsText()),
  );
}

/** What a part says of itself; one that cannot is no reason for the whole report to fail. */
async function sectionOf(part: HealthSection): Promise<unknown> {
  try {
    return await part.health?.();
  } catch (error) {
    return { error: error instanceof Error ? error.name : 'unknown' };
  }
}
