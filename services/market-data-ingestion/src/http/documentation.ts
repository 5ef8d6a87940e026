import type { SwaggerOptions } from '@fastify/swagger';
import { version } from '../version.ts';
import { type Scope, scopeOf } from './access.ts';
import { problemType } from './problem.ts';
import { type RefusalReason, refusalStatus } from './refusal.ts';
import { problemSchema } from './schemas/problem.ts';
import { ref } from './schemas/schema.ts';

/** What may come of any request, and of those that need a token, besides the answers of the route itself. */
const always: readonly RefusalReason[] = ['hostRefused', 'tooManyRequests'];
const withToken: readonly RefusalReason[] = ['tokenMissing', 'tokenRefused'];
const withWriting: readonly RefusalReason[] = ['scopeMissing', 'originRefused'];

/** The settings of the OpenAPI document. What every route of a kind has in common is added here, in one place. */
export const documentation: SwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Market data',
      description: 'Stored bars, and the collecting of them.',
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
      version,
    },
    servers: [{ url: '/', description: 'this service' }],
    tags: [
      { name: 'service', description: 'the service itself' },
      { name: 'bars', description: 'reading stored bars' },
      { name: 'corporate actions', description: 'dividends and splits' },
      { name: 'records', description: 'what was collected, what was rejected, what failed' },
      { name: 'coverage', description: 'what is complete and what is missing' },
      { name: 'jobs', description: 'gathering history' },
      { name: 'schedule', description: 'what runs by itself' },
      { name: 'collections', description: 'collecting now' },
      { name: 'configuration', description: 'the settings in force' },
    ],
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'http.token allows everything, http.read_token reading; on the loopback reading may need none',
        },
      },
    },
  },
  refResolver: {
    buildLocalReference: ({ $id }, _baseUri, _fragment, at) => (typeof $id === 'string' ? $id : `def-${at}`),
  },
  transform: ({ schema, url, route }) => {
    if (schema === undefined || schema.hide === true) return { schema: schema ?? { hide: true }, url };
    const method = Array.isArray(route.method) ? 'GET' : route.method;
    const scope = scopeOf(method, url, route.config?.scope);
    const responses = { ...problemsOf(scope, url), ...(schema.response as object | undefined) };
    const { body, querystring } = schema;
    return {
      schema: {
        ...schema,
        ...(body === undefined ? {} : { body: asSent(body) }),
        ...(querystring === undefined ? {} : { querystring: asSent(querystring) }),
        security: security[scope],
        response: responses,
      },
      url,
    };
  },
};

const security: Readonly<Record<Scope, readonly Record<string, readonly string[]>[]>> = {
  open: [],
  read: [{ token: [] }, {}],
  write: [{ token: [] }],
};

/** What has a default is there when a handler looks, and need not be sent. */
function asSent(schema: unknown): unknown {
  const {
    properties = {},
    required = [],
    ...rest
  } = schema as {
    readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
    readonly required?: readonly string[];
  };
  return { ...rest, properties, required: required.filter((name) => properties[name]?.default === undefined) };
}

/** The problems that a request may be answered with, by status. */
function problemsOf(scope: Scope, url: string): Record<number, unknown> {
  const reasons: readonly RefusalReason[] = [
    ...always,
    ...(scope === 'open' ? [] : withToken),
    ...(scope === 'write' ? withWriting : []),
    ...(/:(id|task)/.test(url) ? (['notFound'] as const) : []),
  ];
  const byStatus = Map.groupBy(reasons, (reason) => refusalStatus[reason]);
  return Object.fromEntries([...byStatus].map(([status, each]) => [status, problemAnswer(each.join(', '))]));
}

/** An answer of problem details. */
export function problemAnswer(description: string): Readonly<Record<string, unknown>> {
  return { description, content: { [problemType]: { schema: ref(problemSchema) } } };
}
