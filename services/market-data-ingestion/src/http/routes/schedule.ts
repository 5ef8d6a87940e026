import { Type } from 'typebox';
import type { HttpApiDependencies } from '../dependencies.ts';
import { answers, type HttpApp } from '../http-app.ts';
import { refusal } from '../refusal.ts';
import { scheduleSchema } from '../schemas/schedule.ts';
import { ref } from '../schemas/schema.ts';

const tags = ['schedule'];

const params = Type.Object({ task: Type.String({ maxLength: 50, examples: ['daily'] }) });

/** What runs by itself, and running a task of it now. */
export function addSchedule(app: HttpApp, { schedule, jobs }: HttpApiDependencies): void {
  if (schedule === undefined) return;
  /** The runs that requests began, by task; those that are due are nobody's to cancel. */
  const asked = new Map<string, AbortController>();
  app.get(
    '/api/v1/schedule',
    {
      schema: {
        tags,
        operationId: 'getSchedule',
        summary: 'every task, its next runs, and its last one',
        response: answers(200, ref(scheduleSchema)),
      },
    },
    async () => schedule.health(),
  );
  app.post(
    '/api/v1/schedule/:task/runs',
    {
      schema: {
        tags,
        operationId: 'runTask',
        summary: 'begins a run of a task now; the schedule says what came of it. 409 while one is under way',
        params,
        response: answers(202, ref(scheduleSchema)),
      },
    },
    async ({ params: { task } }, reply) => {
      if (jobs.stopping) throw refusal('stopping', 'the service is stopping and takes no more work');
      const cancel = new AbortController();
      const { done } = await schedule.begin(task, { signal: cancel.signal });
      asked.set(task, cancel);
      // A task has one run at a time, so this is still its own entry. Runs never reject.
      void done.finally(() => asked.delete(task));
      return await reply.code(202).header('location', '/api/v1/schedule').send(schedule.health());
    },
  );
  app.delete(
    '/api/v1/schedule/:task/runs',
    {
      schema: {
        tags,
        operationId: 'cancelRun',
        summary: 'cancels the run of a task that a request began; one that was due, or has ended, is left alone',
        params,
        response: answers(202, ref(scheduleSchema)),
      },
    },
    async ({ params: { task } }, reply) => {
      asked.get(task)?.abort();
      return await reply.code(202).send(schedule.health());
    },
  );
}
