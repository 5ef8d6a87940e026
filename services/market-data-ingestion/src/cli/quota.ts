import type { LimitReason, QuotaUsage } from '../quota/quota.ts';
import { noLimits, openAccount } from './account.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, type Streams, table, write } from './output.ts';

export interface QuotaOptions {
  readonly source?: string;
  readonly json?: boolean;
}

/** `quota`: what is used and left of the key's limits, and when it comes back, as far as known. Asks no vendor. */
export async function quota(application: Application, streams: Streams, options: QuotaOptions): Promise<ExitStatus> {
  const { row, withoutAccount } = await usageOf(application, options.source);
  if (options.json === true) await write(streams.out, `${JSON.stringify(row)}\n`);
  else if (!row.limited) await note(streams.error, withoutAccount);
  else await write(streams.out, quotaTable(row));
  return exitStatus.succeeded;
}

async function usageOf(
  application: Application,
  vendor: string | undefined,
): Promise<{ readonly row: QuotaRow; readonly withoutAccount: string }> {
  // The daemon knows what its own vendor said; another vendor's limits are nobody's but the key's.
  if (application.daemon !== undefined && vendor === undefined) {
    return { row: await application.daemon.get('/api/v1/quota'), withoutAccount: noLimits };
  }
  const account = openAccount(application);
  try {
    const row = quotaRow(await account.vendor?.quota.usage(), application.clock.now());
    return { row, withoutAccount: account.withoutAccount };
  } finally {
    await account.close();
  }
}

/** The limits as `--json` prints them. */
interface QuotaRow {
  readonly limited: boolean;
  readonly counted: QuotaUsage['counted'] | null;
  readonly windows: readonly {
    readonly reason: LimitReason;
    readonly limit: number;
    readonly windowSeconds: number;
    readonly used: number;
    readonly left: number;
    readonly nextFreeAt: string | null;
    readonly allFreeAt: string | null;
  }[];
  readonly hold: { readonly reason: LimitReason; readonly until: string | null } | null;
}

/** The limits as `quota --json` prints them. */
export function quotaRow(usage: QuotaUsage | undefined, now: number): QuotaRow {
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

function quotaTable({ windows, counted, hold }: QuotaRow): string {
  const rows = windows.map((window) => [
    limitName(window),
    String(window.used),
    String(window.left),
    window.nextFreeAt ?? '-',
    window.allFreeAt ?? '-',
  ]);
  const limits =
    rows.length === 0
      ? 'no limits are set\n'
      : table(['limit', 'used', 'left', 'next free', 'all free'], rows, ['used', 'left']);
  const where = counted === 'together' ? 'counted with all processes that use the key\n' : '';
  const refused =
    hold === null ? '' : `the vendor ${holds[hold.reason]}: nothing is sent before ${hold.until ?? '-'}\n`;
  return limits + where + refused;
}

function limitName({ limit, windowSeconds }: QuotaRow['windows'][number]): string {
  const names = new Map([
    [1, 'a second'],
    [60, 'a minute'],
    [86_400, 'in 24 hours'],
  ]);
  return `${limit} ${names.get(windowSeconds) ?? `in ${windowSeconds} s`}`;
}
