import { intervals } from '@quantumtrade/shared-types';

/** A JSON Schema, as it validates, serialises and is published. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const text: JsonSchema = { type: 'string' };
const textOrNone: JsonSchema = { type: ['string', 'null'] };
const count: JsonSchema = { type: 'integer' };
const number: JsonSchema = { type: 'number' };
const numberOrNone: JsonSchema = { type: ['number', 'null'] };
const flag: JsonSchema = { type: 'boolean' };
const decimal: JsonSchema = { type: 'string', description: 'exact decimal' };
const decimalOrNone: JsonSchema = { type: ['string', 'null'], description: 'exact decimal' };
const instant: JsonSchema = { type: 'string', description: 'UTC, with Z' };
const instantOrNone: JsonSchema = { type: ['string', 'null'], description: 'UTC, with Z' };

/** An object with exactly these fields. */
function exactly(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

/** One page of a list; `nextCursor` is `null` on the last one. */
export function pageOf(item: JsonSchema): JsonSchema {
  return exactly({ items: listOf(item), nextCursor: textOrNone });
}

/** A bar as `query --json` prints it. */
export const barSchema: JsonSchema = exactly({
  symbol: text,
  interval: { type: 'string', enum: [...intervals] },
  source: text,
  openTime: instant,
  sessionDate: text,
  open: decimal,
  high: decimal,
  low: decimal,
  close: decimal,
  adjustedClose: decimalOrNone,
  volume: decimalOrNone,
  qualityScore: number,
  ingestedAt: instant,
});

/** An error of a collection as `--json` prints it. */
const errorSchema: JsonSchema = {
  type: ['object', 'null'],
  properties: { kind: text, reason: textOrNone, message: text, retryable: flag, retryAfterMs: numberOrNone },
};

const outcomeSchema: JsonSchema = exactly({
  symbol: text,
  interval: text,
  source: text,
  collected: count,
  stored: count,
  unchanged: count,
  duplicates: count,
  quarantined: count,
  spooled: count,
  cached: count,
  qualityScore: number,
  batchId: textOrNone,
  durationMs: number,
  warnings: listOf(exactly({ code: text, message: text })),
  error: errorSchema,
});

/** A job of collections. */
export const runSchema: JsonSchema = exactly({
  id: text,
  state: { type: 'string', enum: ['queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled'] },
  createdAt: instant,
  startedAt: instantOrNone,
  finishedAt: instantOrNone,
  symbols: listOf(text),
  interval: textOrNone,
  results: listOf(outcomeSchema),
  error: errorSchema,
});

/** A rejected row as `quarantine --json` prints it. */
export const quarantineSchema: JsonSchema = exactly({
  symbol: text,
  interval: text,
  source: text,
  adjustment: text,
  label: text,
  open: textOrNone,
  high: textOrNone,
  low: textOrNone,
  close: textOrNone,
  adjustedClose: textOrNone,
  volume: textOrNone,
  qualityScore: number,
  brokenRules: listOf(text),
  quarantinedAt: instant,
  batchId: text,
});

/** Problem details of RFC 9457. */
export const problemSchema: JsonSchema = exactly({
  type: text,
  title: text,
  status: count,
  detail: text,
  kind: text,
  reason: textOrNone,
  retryable: flag,
  retryAfterMs: numberOrNone,
});

/** Whatever an object holds. */
export const anyObject: JsonSchema = { type: 'object', additionalProperties: true };
