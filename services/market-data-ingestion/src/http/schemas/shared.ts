import { actionSchema, collectedActionsSchema, rejectedActionSchema } from './actions.ts';
import { backfillPlanSchema, backfillSchema, deadLetterSchema, jobSchema } from './backfills.ts';
import { barSchema, barVersionSchema } from './bars.ts';
import { outcomeSchema, runSchema } from './collections.ts';
import { configurationSchemas } from './configuration.ts';
import { coverageSchema, gapSchema } from './coverage.ts';
import { problemSchema } from './problem.ts';
import { batchSchema, failureSchema, quarantineSchema, quotaSchema } from './records.ts';
import { scheduleSchema, taskSchema } from './schedule.ts';
import type { NamedSchema } from './schema.ts';
import { healthSchema, readinessSchema, serviceSchema } from './service.ts';

/** Every schema that has a name; all are published under it. */
export const sharedSchemas: readonly NamedSchema[] = [
  problemSchema,
  serviceSchema,
  readinessSchema,
  healthSchema,
  barSchema,
  barVersionSchema,
  quarantineSchema,
  batchSchema,
  failureSchema,
  quotaSchema,
  outcomeSchema,
  runSchema,
  coverageSchema,
  gapSchema,
  jobSchema,
  backfillSchema,
  backfillPlanSchema,
  deadLetterSchema,
  taskSchema,
  scheduleSchema,
  actionSchema,
  rejectedActionSchema,
  collectedActionsSchema,
  ...configurationSchemas,
];
