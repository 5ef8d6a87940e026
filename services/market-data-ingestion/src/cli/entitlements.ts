import { openAccount } from './account.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, type Streams, table, write, writeJsonArray } from './output.ts';

export interface EntitlementsOptions {
  readonly source?: string;
  readonly forget?: boolean;
  readonly json?: boolean;
}

/** `entitlements`: what the vendor has refused the key as not part of its plan. Asks no vendor. */
export async function entitlements(
  application: Application,
  streams: Streams,
  options: EntitlementsOptions,
): Promise<ExitStatus> {
  const account = openAccount(application);
  try {
    if (options.forget === true) await account.vendor?.entitlements.forget();
    const refusals = account.vendor?.entitlements.list() ?? [];
    const rows = refusals.map(({ request, reason, message, learnedAt, expiresAt }) => ({
      request,
      reason,
      learnedAt: isoInstant(learnedAt),
      expiresAt: isoInstant(expiresAt),
      message,
    }));
    if (options.json === true) await writeJsonArray(streams.out, rows);
    else if (account.vendor === undefined) await note(streams.error, account.withoutAccount);
    else if (rows.length === 0) await note(streams.error, 'no refusal of the key is remembered');
    else {
      const cells = rows.map(({ request, reason, learnedAt, expiresAt }) => [request, reason, learnedAt, expiresAt]);
      await write(streams.out, table(['refused', 'reason', 'since', 'asked again from'], cells));
    }
    return exitStatus.succeeded;
  } finally {
    await account.close();
  }
}
