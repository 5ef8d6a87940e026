import { actionSchema, collectedActionsSchema, rejectedActionSchema } from './actions.ts';
import { barSchema } from './bars.ts';
import { outcomeSchema, runSchema } from './collections.ts';
import { configurationSchemas } from './configuration.ts';
import { problemSchema } from './problem.ts';
import { batchSchema, failureSchema, quarantineSchema, quotaSchema } from './records.ts';
import type { NamedSchema } from './schema.ts';
import { healthSchema, readinessSchema, serviceSchema } from './service.ts';

/** Every schema that has a name; all are published under it. */
export const sharedSchemas: readonly NamedSchema[] = [
  problemSchema,
  serviceSchema,
  readinessSchema,
  healthSchema,
  barSchema,
  quarantineSchema,
  batchSchema,
  failureSchema,
  quotaSchema,
  outcomeSchema,
  runSchema,
  actionSchema,
  rejectedActionSchema,
  collectedActionsSchema,
  ...configurationSchemas,
];
