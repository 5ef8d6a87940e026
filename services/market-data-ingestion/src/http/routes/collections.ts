import { type DataEntitlement, type Interval, intervals } from '@quantumtrade/shared-types';
import { Type } from 'typebox';
import { parseRequest } from '../../collection/collection-request.ts';
import type { CollectionJobs } from '../collection-jobs.ts';
import type { CollectionRun } from '../collection-run.ts';
import type { HttpApiDependencies } from '../dependencies.ts';
import { sendEvents, toldBefore } from '../event-stream.ts';
import type { EventStreams } from '../event-streams.ts';
import { answers, eventAnswers, type HttpApp } from '../http-app.ts';
import { refusal } from '../refusal.ts';
import { runRow } from '../run-row.ts';
import { runStream } from '../run-stream.ts';
import { runSchema } from '../schemas/collections.ts';
import { ref } from '../schemas/schema.ts';

const tags = ['collections'];

const body = Type.Object(
  {
    symbols: Type.Array(Type.String(), { minItems: 1, maxItems: 100, description: 'such as AAPL or BTC/USD' }),
    interval: Type.Unsafe<Interval>({ type: 'string', enum: [...intervals] }),
    adjusted: Type.Boolean({ default: false }),
    outputSize: Type.Optional(Type.Unsafe<'compact' | 'full'>({ type: 'string', enum: ['compact', 'full'] })),
    month: Type.Optional(Type.String({ description: 'intraday: that month, YYYY-MM, instead of the newest bars' })),
    extendedHours: Type.Optional(
      Type.Boolean({ description: 'intraday: with the hours before and after the session, or without' }),
    ),
    entitlement: Type.Optional(
      Type.Unsafe<DataEntitlement>({ type: 'string', enum: ['realtime', 'delayed'], description: 'how fresh' }),
    ),
  },
  { additionalProperties: false, examples: [{ symbols: ['AAPL', 'MSFT'], interval: 'daily' }] },
);

const params = Type.Object({
  id: Type.String({ format: 'uuid', examples: ['6f1c1b1e-0f9c-4b7e-9d3e-5a0b6d0c7e21'] }),
});

/** Collecting now: a request starts a job, which can be looked at, followed and cancelled. */
export function addCollections(
  app: HttpApp,
  {
    service,
    clock,
    jobs,
    streams,
  }: HttpApiDependencies & { readonly jobs: CollectionJobs; readonly streams: EventStreams },
): void {
  const runOf = (id: string): CollectionRun => {
    const run = jobs.get(id);
    if (run === undefined) throw refusal('notFound', 'no such job is remembered');
    return run;
  };

  app.post(
    '/api/v1/collections',
    {
      schema: {
        tags,
        operationId: 'startCollection',
        summary: 'starts a job that collects bars now',
        body,
        response: answers(202, ref(runSchema)),
      },
    },
    async ({ body: { symbols, interval, ...options } }, reply) => {
      const requested = symbols.map((symbol) => parseRequest(symbol, interval, options).symbol);
      // Asking twice for the same series would only spend quota.
      const run = jobs.start([...new Set(requested)].map((symbol) => ({ symbol, interval, ...options })));
      return await reply
        .code(202)
        .header('location', `/api/v1/collections/${run.id}`)
        .send(runRow(run, service.source));
    },
  );
  app.get(
    '/api/v1/collections/:id',
    {
      schema: {
        tags,
        operationId: 'getCollection',
        summary: 'how far a job is, and what came of it',
        params,
        response: answers(200, ref(runSchema)),
      },
    },
    async ({ params: { id } }) => runRow(runOf(id), service.source),
  );
  app.get(
    '/api/v1/collections/:id/events',
    {
      schema: {
        tags,
        operationId: 'followCollection',
        summary: 'what happens to a job as server-sent events, from its beginning or from last-event-id on to its end',
        params,
        response: eventAnswers,
      },
    },
    async ({ params: { id }, headers }, reply) => {
      const run = runOf(id);
      const told = toldBefore(headers['last-event-id']);
      // Browsers connect again after the end; this answer tells them that nothing more comes.
      if (run.finished && told >= run.events.length) return await reply.code(204).send();
      const stream = streams.open((signal) => runStream(run, { source: service.source, clock, signal, told }));
      return await sendEvents(reply, stream);
    },
  );
  app.delete(
    '/api/v1/collections/:id',
    {
      schema: {
        tags,
        operationId: 'cancelCollection',
        summary: 'cancels a job; a finished one stays as it is',
        params,
        response: answers(202, ref(runSchema)),
      },
    },
    async ({ params: { id } }, reply) => {
      const run = runOf(id);
      run.cancel();
      return await reply.code(202).send(runRow(run, service.source));
    },
  );
}
