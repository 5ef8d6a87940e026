import type { Work } from '@quantumtrade/core-traits';
import { type Interval, intervals } from '@quantumtrade/shared-types';
import { Type } from 'typebox';
import { letterRow } from '../../cli/dead-letters.ts';
import { jobRow, summaryRow } from '../../cli/jobs.ts';
import { planRow } from '../../cli/show-plan.ts';
import { isSettled, type JobSummary, type Tier, tiers } from '../../jobs/job.ts';
import type { JobBoard } from '../../jobs/job-board.ts';
import { backfillEvents, endedIn } from '../backfill-events.ts';
import type { HttpApiDependencies } from '../dependencies.ts';
import { eventStream, sendEvents, toldBefore } from '../event-stream.ts';
import type { EventStreams } from '../event-streams.ts';
import { answers, eventAnswers, type HttpApp } from '../http-app.ts';
import { type ListForm, pageAfter } from '../page-after.ts';
import { pageParameters } from '../parameters.ts';
import { refusal } from '../refusal.ts';
import {
  backfillPlanSchema,
  backfillSchema,
  deadLetterSchema,
  itemsSchema,
  jobSchema,
  nothingToDoSchema,
} from '../schemas/backfills.ts';
import { pageOf, ref } from '../schemas/schema.ts';

const tags = ['jobs'];

const body = Type.Object(
  {
    symbols: Type.Array(Type.String(), { minItems: 1, maxItems: 1000, description: 'such as AAPL or BTC/USD' }),
    interval: Type.Unsafe<Interval>({ type: 'string', enum: [...intervals] }),
    adjustments: Type.Optional(
      Type.Array(Type.Unsafe<'raw' | 'adjusted'>({ type: 'string', enum: ['raw', 'adjusted'] }), {
        minItems: 1,
        maxItems: 2,
        description: 'one call for each; prices as traded without it',
      }),
    ),
    from: Type.String({ description: 'YYYY-MM or YYYY-MM-DD; intraday bars come in whole months' }),
    to: Type.Optional(Type.String({ description: 'as above; the current month without it' })),
    tier: Type.Optional(
      Type.Unsafe<Tier>({ type: 'string', enum: [...tiers], description: 'which jobs go first; T1 without it' }),
    ),
  },
  { additionalProperties: false, examples: [{ symbols: ['AAPL'], interval: '5min', from: '2023-01', to: '2023-12' }] },
);

const params = Type.Object({ id: Type.String({ maxLength: 200, examples: ['AAPL_2023-01-01'] }) });

const pageQuery = Type.Object(pageParameters(), { additionalProperties: false });

const someOrAll = Type.Object(
  { id: Type.Optional(Type.String({ maxLength: 200, description: 'of an item or a job; all without it' })) },
  { additionalProperties: false, examples: [{ id: 'AAPL_2023-01-01' }] },
);

const jobList: ListForm<JobSummary, object> = {
  list: 'jobs',
  row: summaryRow,
  keyOf: ({ createdAt, id }) => [createdAt, id],
  example: [0, ''],
};

const letterList: ListForm<Work, object> = {
  list: 'dead-letters',
  row: letterRow,
  keyOf: ({ addedAt, id }) => [addedAt, id],
  example: [0, ''],
};

/** Gathering history: jobs that survive the process, what failed for good in them, and their ends. */
export function addBackfills(
  app: HttpApp,
  {
    board,
    clock,
    jobs,
    streams,
  }: HttpApiDependencies & { readonly board: () => JobBoard | undefined; readonly streams: EventStreams },
): void {
  const boardNow = (): JobBoard => {
    const found = jobs.stopping ? undefined : board();
    if (found === undefined) throw refusal('stopping', 'the service is stopping and takes no more work');
    return found;
  };

  app.get(
    '/api/v1/jobs',
    {
      schema: {
        tags,
        operationId: 'listJobs',
        summary: 'every job and how far it is, oldest first',
        querystring: pageQuery,
        response: answers(200, pageOf(jobSchema)),
      },
    },
    async ({ query }) => pageAfter(await boardNow().list(), query, jobList),
  );
  app.post(
    '/api/v1/backfills',
    {
      schema: {
        tags,
        operationId: 'startBackfill',
        summary: 'makes a job of the history that is missing; the same request again is the same job',
        body,
        response: answers(202, ref(backfillSchema), { 200: nothingToDoSchema }),
      },
    },
    async ({ body: request }, reply) => {
      const at = boardNow();
      const plan = await at.plan(request);
      if (plan.items.length === 0 && !plan.known) {
        return await reply.code(200).send({ job: null, complete: plan.finished });
      }
      await at.create(plan);
      return await reply
        .code(202)
        .header('location', `/api/v1/backfills/${encodeURIComponent(plan.id)}`)
        .send(jobRow(await at.show(plan.id)));
    },
  );
  app.post(
    '/api/v1/backfill-plans',
    {
      schema: {
        tags,
        operationId: 'planBackfill',
        summary: 'what the same request would make a job of; makes nothing and asks no vendor',
        body,
        response: answers(200, ref(backfillPlanSchema)),
      },
    },
    async ({ body: request }) => planRow(await boardNow().plan(request)),
  );
  app.get(
    '/api/v1/backfills/:id',
    {
      schema: {
        tags,
        operationId: 'getBackfill',
        summary: 'how far a job is, by symbol',
        params,
        response: answers(200, ref(backfillSchema)),
      },
    },
    async ({ params: { id } }) => jobRow(await boardNow().show(id)),
  );
  app.get(
    '/api/v1/backfills/:id/events',
    {
      schema: {
        tags,
        operationId: 'followBackfill',
        summary: 'how a job goes on as server-sent events, to its end',
        params,
        response: eventAnswers,
      },
    },
    async ({ params: { id }, headers }, reply) => {
      const at = boardNow();
      const job = await at.show(id);
      const told = toldBefore(headers['last-event-id']);
      // Browsers connect again after the end; this answer tells them that nothing more comes.
      if (isSettled(job.items) && told >= endedIn(job)) return await reply.code(204).send();
      const stream = streams.open((closing) =>
        eventStream(closing, (signal) => backfillEvents(at, id, { clock, signal, told })),
      );
      return await sendEvents(reply, stream);
    },
  );
  app.delete(
    '/api/v1/backfills/:id',
    {
      schema: {
        tags,
        operationId: 'cancelBackfill',
        summary: 'begins nothing more of a job; what is stored stays',
        params,
        response: answers(202, ref(backfillSchema)),
      },
    },
    async ({ params: { id } }, reply) => {
      const at = boardNow();
      await at.cancel(id);
      return await reply.code(202).send(jobRow(await at.show(id)));
    },
  );
  app.get(
    '/api/v1/dead-letters',
    {
      schema: {
        tags,
        operationId: 'listDeadLetters',
        summary: 'items of jobs that failed for good, and why',
        querystring: pageQuery,
        response: answers(200, pageOf(deadLetterSchema)),
      },
    },
    async ({ query }) => pageAfter(await boardNow().deadLetters(), query, letterList),
  );
  for (const [verb, operationId, summary] of [
    ['requeue', 'requeueDeadLetters', 'gives dead letters all their attempts again'],
    ['purge', 'purgeDeadLetters', 'forgets dead letters'],
  ] as const) {
    app.post(
      `/api/v1/dead-letters/${verb}`,
      { schema: { tags, operationId, summary, body: someOrAll, response: answers(200, itemsSchema) } },
      async ({ body: { id } }) => ({ items: await boardNow()[verb](id) }),
    );
  }
}
