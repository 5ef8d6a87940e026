import { escapeControls } from '../text.ts';
import { toPlain } from './to-plain.ts';

/** One thing to be logged. */
export interface LogRecord {
  readonly level: 'info' | 'warn' | 'error';
  /** Milliseconds since the Unix epoch (UTC). */
  readonly time: number;
  readonly service: string;
  readonly message: string;
  readonly context: unknown;
}

/** Turns a record into one line without its line break. */
export type LineFormat = (record: LogRecord, redact: (text: string) => string) => string;

const ownFields: ReadonlySet<string> = new Set(['timestamp', 'level', 'service', 'message']);

/** One JSON object: timestamp (ISO 8601, UTC), level, service, message, then the context's fields. */
export const jsonLine: LineFormat = (record, redact) => {
  const line: Record<string, unknown> = {
    timestamp: new Date(record.time).toISOString(),
    level: record.level,
    service: toPlain(record.service, { redact, stack: false }),
    message: toPlain(record.message, { redact, stack: false }),
  };
  for (const [key, value] of fieldsOf(record, redact)) line[ownFields.has(key) ? `context_${key}` : key] = value;
  // JSON escapes only some control characters; the others all stand inside texts, where an escape means the same.
  return escapeControls(JSON.stringify(line));
};

/** One line for people: `12:30:01 warn message key=value`, time of day in UTC. */
export const textLine: LineFormat = (record, redact) => {
  const time = new Date(record.time).toISOString().slice(11, 19);
  const message = String(toPlain(record.message, { redact, stack: false }));
  const fields = fieldsOf(record, redact).map(([key, value]) => `${key}=${fieldText(value)}`);
  return escapeControls([time, record.level, message, ...fields].join(' '));
};

function fieldText(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value);
}

function fieldsOf(record: LogRecord, redact: (text: string) => string): [string, unknown][] {
  const plain = toPlain(record.context, { redact, stack: record.level === 'error' });
  if (plain === undefined || plain === null) return [];
  const fields: [string, unknown][] =
    typeof plain === 'object' && !Array.isArray(plain) ? Object.entries(plain) : [['context', plain]];
  // Saying the service twice helps nobody; a caller's other service is kept.
  return fields.filter(([key, value]) => key !== 'service' || value !== record.service);
}
