import AjvCompiler from '@fastify/ajv-compiler';
import type { FastifySchemaCompiler } from 'fastify';
import type { JsonSchema } from './schemas/schema.ts';

const compiler = AjvCompiler();
const exact = compiler({}, { customOptions: { removeAdditional: false, coerceTypes: false } });
const coercing = compiler({}, { customOptions: { removeAdditional: false, coerceTypes: 'array' } });

/** Everything in an address is text and is read as what its schema says; a body in JSON says itself what it is. */
export const validation: FastifySchemaCompiler<JsonSchema> = (route) =>
  (route.httpPart === 'body' ? exact : coercing)(route);
