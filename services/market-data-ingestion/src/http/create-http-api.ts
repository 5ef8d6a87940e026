import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { ServiceError } from '@quantumtrade/core-traits';
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { isLoopback } from '../configuration/daemon-sections.ts';
import { requireHost, requireOneHost, requireOwnOrigin, requireScope, scopeOf } from './access.ts';
import type { HttpApiDependencies } from './dependencies.ts';
import { documentation } from './documentation.ts';
import { errorOf } from './error-of.ts';
import { EventStreams } from './event-streams.ts';
import type { HttpApp } from './http-app.ts';
import { httpInstruments } from './instruments.ts';
import { problemOf, problemType } from './problem.ts';
import { rawProblem } from './raw-problem.ts';
import { type RefusalReason, refusal, refusalReasonOf } from './refusal.ts';
import { RefusalWatch } from './refusal-watch.ts';
import { addActions } from './routes/actions.ts';
import { addBackfills } from './routes/backfills.ts';
import { addBars } from './routes/bars.ts';
import { addCollections } from './routes/collections.ts';
import { addConfiguration } from './routes/configuration.ts';
import { addCoverage } from './routes/coverage.ts';
import { addProbes } from './routes/probes.ts';
import { addRecords } from './routes/records.ts';
import { addSchedule } from './routes/schedule.ts';
import { sharedSchemas } from './schemas/shared.ts';
import { validation } from './validation.ts';

/**
 * Makes the HTTP interface of a service as a Fastify application. It listens to nothing yet: call its `listen`, or
 * `inject` in tests; `close` ends open event streams and waits for requests under way. The service is neither started nor
 * stopped, and jobs are not drained: both are their owner's.
 */
export async function createHttpApi(dependencies: HttpApiDependencies): Promise<FastifyInstance> {
  const { section, monitoring, redact } = dependencies;
  const limits = section();
  const requestTimeout = Math.round(limits.request_timeout_seconds * 1000);
  const watch = new RefusalWatch(dependencies);
  const answerOf = (error: ServiceError) => {
    const reason = refusalReasonOf(error);
    if (reason !== undefined) watch.refused(reason);
    return problemOf(error, redact);
  };
  const app: HttpApp = fastify({
    bodyLimit: limits.max_body_bytes,
    requestTimeout,
    keepAliveTimeout: 5000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256 },
    http: {
      maxHeaderSize: limits.max_header_bytes,
      headersTimeout: requestTimeout,
      // Refused here, so that it is answered and counted as every other refusal.
      requireHostHeader: false,
      connectionsCheckingInterval: Math.min(30_000, Math.max(10, Math.round(requestTimeout / 4))),
    },
    clientErrorHandler: (error, socket) => {
      if (!socket.writable) return void socket.destroy();
      socket.end(rawProblem(answerOf(errorOf(error))));
    },
    frameworkErrors: (error, _, reply: FastifyReply) => {
      const problem = answerOf(errorOf(error));
      void reply.code(problem.status).type(problemType).send(problem);
    },
  });
  app.setValidatorCompiler(validation);
  app.server.maxConnections = limits.max_connections;
  app.server.on('drop', () => watch.refused('tooManyConnections'));

  app.setErrorHandler(async (thrown, _, reply) => {
    const error = errorOf(thrown);
    const problem = answerOf(error);
    if (problem.status >= 500 && refusalReasonOf(error) === undefined) {
      monitoring.logError('a request failed', { kind: error.kind, reason: error.reason, error: error.message });
    }
    if (problem.retryAfterMs !== null) reply.header('retry-after', Math.ceil(problem.retryAfterMs / 1000));
    // Who was refused for want of room must not go on taking some.
    if (closesConnection.has(error.reason ?? '')) reply.header('connection', 'close');
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    return await reply.code(problem.status).type(problemType).send(problem);
  });
  app.setNotFoundHandler(async () => {
    throw refusal('notFound', 'there is nothing at this address: see /docs');
  });

  app.addHook('onResponse', async (_, reply) => {
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    monitoring.recordCounter(httpInstruments.requests, 1, { status });
    if (String(reply.getHeader('content-type')).startsWith('text/event-stream')) return;
    monitoring.recordTiming(httpInstruments.duration, reply.elapsedTime, { status });
  });

  await app.register(fastifyHelmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    strictTransportSecurity: false,
  });
  if (limits.requests_per_minute !== 'none') {
    await app.register(fastifyRateLimit, {
      global: false,
      max: limits.requests_per_minute,
      timeWindow: 60_000,
      errorResponseBuilder: (_, { ttl }) => refusal('tooManyRequests', 'too many requests: wait a while', ttl),
    });
    // Before everything else, so that guesses at tokens and addresses count too.
    app.addHook('onRequest', app.rateLimit());
  }
  app.addHook('onRequest', async ({ headers, method, raw, routeOptions }, reply) => {
    reply.header('cache-control', 'no-store');
    const { token, read_token: readToken, allowed_hosts: allowed } = section();
    requireOneHost(raw.rawHeaders);
    requireHost(headers.host, [limits.host, ...allowed]);
    const scope = scopeOf(method, routeOptions.url, routeOptions.config.scope);
    if (scope === 'write') requireOwnOrigin(headers.origin, headers.host);
    requireScope(scope, headers.authorization, {
      tokens: [token, dependencies.localToken],
      readToken,
      // What it listens on, whatever the settings say by now.
      openReads: isLoopback(limits.host) && readToken === undefined,
    });
  });
  for (const schema of sharedSchemas) app.addSchema(schema);
  await app.register(fastifySwagger, documentation);
  await app.register(fastifySwaggerUi, { routePrefix: '/docs', staticCSP: documentationPolicy });

  const streams = new EventStreams({ most: limits.max_event_streams, monitoring });
  app.addHook('preClose', async () => streams.close());
  const parts = { ...dependencies, streams };
  addProbes(app, parts);
  addBars(app, parts);
  addActions(app, parts);
  addRecords(app, parts);
  addCoverage(app, parts);
  addSchedule(app, parts);
  addCollections(app, parts);
  const { board } = dependencies;
  if (board !== undefined) addBackfills(app, { ...parts, board });
  addConfiguration(app, parts);
  app.get('/openapi.json', { config: { scope: 'open' }, schema: { hide: true } }, async () => app.swagger());
  return app as unknown as FastifyInstance;
}

const closesConnection: ReadonlySet<string> = new Set<RefusalReason>(['tooManyStreams', 'tooManyRequests', 'stopping']);

/** The page of the documentation loads its own scripts and styles, and nothing from elsewhere. */
const documentationPolicy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'";
