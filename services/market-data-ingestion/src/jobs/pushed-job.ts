import { ServiceError } from '@quantumtrade/core-traits';
import { z } from 'zod';
import { type JobRequest, tiers } from './job.ts';

/** Longer texts are no requests for jobs. */
const longestText = 1_000_000;

const pushedJobSchema = z.strictObject({
  symbols: z.array(z.string()).min(1).max(10_000),
  interval: z.string(),
  adjustments: z
    .array(z.enum(['raw', 'adjusted']))
    .min(1)
    .optional(),
  from: z.string(),
  to: z.string().optional(),
  tier: z.enum(tiers).optional(),
  source: z.string().optional(),
});

/**
 * The request for a job that another service pushed as JSON: `symbols`, `interval`, `from`, and what is optional of a
 * {@link JobRequest}. With a `source` it is only for those who collect from there.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidJob`.
 */
export function readPushedJob(text: string, ownSource: string): JobRequest {
  if (text.length > longestText) throw invalid(`it has more than ${longestText} characters`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid('it is no JSON');
  }
  const result = pushedJobSchema.safeParse(parsed);
  if (!result.success) {
    const { path, message } = result.error.issues[0] ?? { path: [], message: 'it is no job' };
    throw invalid(path.length === 0 ? message : `${path.join('.')}: ${message}`);
  }
  const { source = ownSource, ...request } = result.data;
  if (source !== ownSource) throw invalid(`it is for ${source}, and this process collects from ${ownSource}`);
  return request;
}

function invalid(what: string): ServiceError {
  const message = `the pushed text is no job that can be taken: ${what}`;
  return new ServiceError({ kind: 'configuration', reason: 'invalidJob', message });
}
