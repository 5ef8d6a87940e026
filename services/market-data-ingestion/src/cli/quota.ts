import type { LimitReason, QuotaUsage, WindowUsage } from '../quota/quota.ts';
import { openAccount } from './account.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, type Streams, table, write } from './output.ts';

export interface QuotaOptions {
  readonly source?: string;
  readonly json?: boolean;
}

/** `quota`: what is used and left of the key's limits, and when it comes back, as far as known. Asks no vendor. */
export async function quota(application: Application, streams: Streams, options: QuotaOptions): Promise<ExitStatus> {
  const account = openAccount(application);
  try {
    const now = application.clock.now();
    const usage = await account.vendor?.quota.usage();
    if (options.json === true) await write(streams.out, `${JSON.stringify(quotaRow(usage, now))}\n`);
    else if (usage === undefined) await note(streams.error, account.withoutAccount);
    else await write(streams.out, quotaTable(usage, now));
    return exitStatus.succeeded;
  } finally {
    await account.close();
  }
}

function quotaRow(usage: QuotaUsage | undefined, now: number): Record<string, unknown> {
  const instant = (milliseconds: number | undefined): string | null =>
    milliseconds === undefined ? null : isoInstant(Math.round(now + milliseconds));
  return {
    limited: usage !== undefined,
    counted: usage?.counted ?? null,
    windows: (usage?.windows ?? []).map(({ reason, limit, windowMs, used, left, freesInMs, emptyInMs }) => ({
      reason,
      limit,
      windowSeconds: windowMs / 1000,
      used,
      left,
      nextFreeAt: instant(freesInMs),
      allFreeAt: instant(emptyInMs),
    })),
    hold: usage?.hold === undefined ? null : { reason: usage.hold.reason, until: instant(usage.hold.forMs) },
  };
}

const holds: Readonly<Record<LimitReason, string>> = {
  pacing: 'asked for requests that are further apart',
  minuteQuota: 'said that the calls of the minute are used up',
  dailyQuota: 'said that the calls of the day are used up',
};

function quotaTable({ windows, counted, hold }: QuotaUsage, now: number): string {
  const instant = (milliseconds: number | undefined): string =>
    milliseconds === undefined ? '-' : isoInstant(Math.round(now + milliseconds));
  const rows = windows.map((window) => [
    limitName(window),
    String(window.used),
    String(window.left),
    instant(window.freesInMs),
    instant(window.emptyInMs),
  ]);
  const limits =
    rows.length === 0
      ? 'no limits are set\n'
      : table(['limit', 'used', 'left', 'next free', 'all free'], rows, ['used', 'left']);
  const where = counted === 'together' ? 'counted with all processes that use the key\n' : '';
  const refused =
    hold === undefined ? '' : `the vendor ${holds[hold.reason]}: nothing is sent before ${instant(hold.forMs)}\n`;
  return limits + where + refused;
}

function limitName({ limit, windowMs }: WindowUsage): string {
  const names = new Map([
    [1000, 'a second'],
    [60_000, 'a minute'],
    [86_400_000, 'in 24 hours'],
  ]);
  return `${limit} ${names.get(windowMs) ?? `in ${windowMs / 1000} s`}`;
}
