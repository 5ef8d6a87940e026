import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { Scope } from './access.ts';
import { problemAnswer } from './documentation.ts';
import type { JsonSchema } from './schemas/schema.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a request needs; by its method when left out. */
    readonly scope?: Scope;
  }
}

/** Types of requests by the schemas that validate them; answers are not typed by theirs. */
interface RequestTypes extends FastifyTypeProvider {
  readonly validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  readonly serializer: unknown;
}

/** The application that routes are added to: what their schemas say is what their handlers get. */
export type HttpApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  RequestTypes
>;

type Answers = Readonly<Record<string, JsonSchema>>;

/** What a route may answer with: its own answers by status, and a problem. */
export function answers(status: number, schema: JsonSchema, others: Answers = {}): Answers {
  return { [status]: schema, ...others, default: problemAnswer('problem details') };
}

/** An answer that is text of another kind. */
export function textAnswer(mediaType: string, description: string, example: string): JsonSchema {
  return { description, content: { [mediaType]: { schema: { type: 'string', examples: [example] } } } };
}

/** What a route may answer with that tells of events. */
export const eventAnswers: Answers = answers(
  200,
  textAnswer('text/event-stream', 'the events', 'id: 1\nevent: state\ndata: {}\n\n'),
  { 204: { type: 'null', description: 'nothing more comes' } },
);
