import { Type } from 'typebox';
import type { HttpApiDependencies } from '../dependencies.ts';
import { answers, type HttpApp } from '../http-app.ts';
import { refusal } from '../refusal.ts';
import { anyObject } from '../schemas.ts';

const tags = ['schedule'];

const params = Type.Object({ task: Type.String({ maxLength: 50 }) });

/** What runs by itself, and running a task of it now. */
export function addSchedule(app: HttpApp, { schedule, jobs }: HttpApiDependencies): void {
  if (schedule === undefined) return;
  app.get(
    '/api/v1/schedule',
    { schema: { tags, summary: 'every task, its next runs, and its last one', response: answers(200, anyObject) } },
    async () => schedule.health(),
  );
  app.post(
    '/api/v1/schedule/:task/runs',
    {
      schema: {
        tags,
        summary: 'begins a run of a task now; the schedule says what came of it. 409 while one is under way',
        params,
        response: answers(202, anyObject),
      },
    },
    async ({ params: { task } }, reply) => {
      if (jobs.stopping) throw refusal('stopping', 'the service is stopping and takes no more work');
      await schedule.begin(task);
      return await reply.code(202).header('location', '/api/v1/schedule').send(schedule.health());
    },
  );
}
