import {
  count,
  exactly,
  flag,
  instant,
  instantOrNone,
  type JsonSchema,
  listOf,
  type NamedSchema,
  named,
  oneOf,
  ref,
  text,
  textOrNone,
} from './schema.ts';

const run: JsonSchema = exactly({
  outcome: text,
  startedAt: instant,
  finishedAt: instant,
  due: instantOrNone,
  missed: count,
  summary: text,
  facts: { type: 'object', additionalProperties: true, description: 'what the task counted' },
});

/** A task as `schedule --json` prints it. */
export const taskSchema: NamedSchema = named(
  'ScheduledTask',
  exactly({
    name: text,
    cron: text,
    timeZone: text,
    afterSessions: flag,
    state: oneOf('stopped', 'waiting', 'running', 'elsewhere', 'unavailable'),
    problem: textOrNone,
    runningSince: instantOrNone,
    next: listOf(instant),
    last: { ...run, type: ['object', 'null'] },
  }),
  {
    name: 'daily',
    cron: '30 16 * * 1-5',
    timeZone: 'America/New_York',
    afterSessions: true,
    state: 'waiting',
    problem: null,
    runningSince: null,
    next: ['2024-01-03T21:30:00.000Z'],
    last: {
      outcome: 'succeeded',
      startedAt: '2024-01-02T21:30:00.000Z',
      finishedAt: '2024-01-02T21:31:12.000Z',
      due: '2024-01-02T21:30:00.000Z',
      missed: 0,
      summary: '12 of 12 series are collected',
      facts: { series: 12 },
    },
  },
);

export const scheduleSchema: NamedSchema = named(
  'Schedule',
  exactly({ enabled: flag, exchange: text, tasks: listOf(ref(taskSchema)) }),
  { enabled: true, exchange: 'XNYS', tasks: taskSchema.examples },
);
