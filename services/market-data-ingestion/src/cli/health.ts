import type { ComponentHealth, HealthStatus } from '@quantumtrade/core-traits';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, type Streams, table, write } from './output.ts';

/** `health`: every component as it is now. It asks no vendor. */
export async function health(
  application: Application,
  streams: Streams,
  options: { readonly json?: boolean },
): Promise<ExitStatus> {
  const row = await reportOf(application);
  await write(streams.out, options.json === true ? `${JSON.stringify(row)}\n` : healthTable(row));
  return row.status === 'unhealthy' ? exitStatus.failed : exitStatus.succeeded;
}

async function reportOf({ daemon, ...application }: Application): Promise<HealthRow> {
  if (daemon !== undefined) return await daemon.get('/health');
  const service = application.service();
  await service.start();
  try {
    return healthRow(await service.healthCheck());
  } finally {
    await service.stop();
  }
}

/** {@link HealthStatus} with its instants as text. */
interface HealthRow extends Omit<HealthStatus, 'timestamp' | 'checks'> {
  readonly timestamp: string;
  readonly checks: readonly (Omit<ComponentHealth, 'lastCheck'> & { readonly lastCheck: string })[];
}

/** A health report as `health --json` prints it. */
export function healthRow(status: HealthStatus): HealthRow {
  return {
    ...status,
    timestamp: isoInstant(status.timestamp),
    checks: status.checks.map((check) => ({ ...check, lastCheck: isoInstant(check.lastCheck) })),
  };
}

/** A health report for people. */
function healthTable(status: HealthRow): string {
  const rows = status.checks.map((check) => [
    check.name,
    check.status,
    check.implementation ?? '',
    check.responseTimeMs.toFixed(1),
    check.message,
  ]);
  return (
    `${status.serviceName} ${status.version} is ${status.status}\n` +
    table(['component', 'status', 'implementation', 'ms', 'message'], rows, ['ms'])
  );
}
