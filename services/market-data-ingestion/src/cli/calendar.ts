import { ServiceError } from '@quantumtrade/core-traits';
import { calendarOf, type Session } from '@quantumtrade/market-calendar';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, type Streams, table, write, writeJsonArray } from './output.ts';

export interface CalendarCommandOptions {
  readonly from: string;
  readonly to: string;
  readonly json?: boolean;
}

/**
 * `calendar <exchange>`: the sessions of an exchange, oldest first. Opens nothing.
 *
 * @throws ServiceError of kind `configuration` for an unknown exchange and for dates that are none.
 */
export async function calendar(
  exchange: string,
  options: CalendarCommandOptions,
  streams: Streams,
): Promise<ExitStatus> {
  const { from, to } = options;
  const sessions = calendarOf(exchange).sessions({ from, to });
  if (from > to) {
    const message = `--from ${from} is after --to ${to}`;
    throw new ServiceError({ kind: 'configuration', reason: 'invalidOption', message });
  }
  if (options.json === true) await writeJsonArray(streams.out, sessions.map(sessionRow));
  else if (sessions.length === 0) await note(streams.error, `${exchange} has no session from ${from} to ${to}`);
  else await write(streams.out, sessionTable(sessions));
  return exitStatus.succeeded;
}

/** A session as `calendar --json` prints it: instants in UTC. */
function sessionRow({ date, open, close, early, reason }: Session): Record<string, string | boolean | null> {
  return { date, open: isoInstant(open), close: isoInstant(close), early, reason: reason ?? null };
}

function sessionTable(sessions: readonly Session[]): string {
  const rows = sessions.map(({ date, open, close, early, reason }) => [
    date,
    isoInstant(open),
    isoInstant(close),
    early ? 'early' : '',
    reason ?? '',
  ]);
  return table(['session', 'open (UTC)', 'close (UTC)', 'close', 'reason'], rows);
}
