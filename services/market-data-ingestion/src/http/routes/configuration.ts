import type { HttpApiDependencies } from '../dependencies.ts';
import { answers, type HttpApp } from '../http-app.ts';
import { reloadSchema, settingsSchema, validationSchema } from '../schemas/configuration.ts';
import { ref } from '../schemas/schema.ts';

const tags = ['configuration'];

/** The settings in force, and reading them again. */
export function addConfiguration(app: HttpApp, { settings, redact }: HttpApiDependencies): void {
  if (settings === undefined) return;
  const problems = (
    found: readonly { readonly path?: string | undefined; readonly layer: string; readonly message: string }[],
  ) => found.map(({ path = null, layer, message }) => ({ path, layer, message: redact(message) }));
  app.get(
    '/api/v1/config',
    {
      schema: {
        tags,
        operationId: 'getConfig',
        summary: 'every setting in force with its source, secrets redacted',
        response: answers(200, ref(settingsSchema)),
      },
    },
    async () => ({ version: settings.version, settings: settings.describe() }),
  );
  app.post(
    '/api/v1/config/validate',
    {
      schema: {
        tags,
        operationId: 'validateConfig',
        summary: 'reads every source again and says what is wrong; changes nothing',
        response: answers(200, ref(validationSchema)),
      },
    },
    async () => {
      const found = settings.problems();
      return { valid: found.length === 0, problems: problems(found) };
    },
  );
  app.post(
    '/api/v1/config/reload',
    {
      schema: {
        tags,
        operationId: 'reloadConfig',
        summary: 'puts the sources in force when all of them are sound; otherwise 422 and nothing changes',
        response: answers(200, ref(reloadSchema), { 422: ref(reloadSchema) }),
      },
    },
    async (_, reply) => {
      const found = settings.problems();
      const outcome = found.length > 0 ? undefined : settings.reload();
      if (outcome?.outcome === 'applied') {
        return { outcome: 'applied', version: outcome.version, changed: outcome.changed, problems: [] };
      }
      return await reply.code(422).send({
        outcome: 'refused',
        version: settings.version,
        changed: [],
        problems: problems(outcome?.problems ?? found),
      });
    },
  );
}
