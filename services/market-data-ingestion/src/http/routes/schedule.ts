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
      await schedule.begin(task);
      return await reply.code(202).header('location', '/api/v1/schedule').send(schedule.health());
    },
  );
}
