import type { HealthStatus } from '@quantumtrade/core-traits';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, type Streams, table, write } from './output.ts';

/** `health`: every component as it is now. It asks no vendor. */
export async function health(
  application: Application,
  streams: Streams,
  options: { readonly json?: boolean },
): Promise<ExitStatus> {
  const service = application.service();
  await service.start();
  try {
    const status = await service.healthCheck();
    await write(streams.out, options.json === true ? `${JSON.stringify(healthRow(status))}\n` : healthTable(status));
    return status.status === 'unhealthy' ? exitStatus.failed : exitStatus.succeeded;
  } finally {
    await service.stop();
  }
}

/** A health report as `health --json` prints it. */
export function healthRow(status: HealthStatus): Record<string, unknown> {
  return {
    ...status,
    timestamp: isoInstant(status.timestamp),
    checks: status.checks.map((check) => ({ ...check, lastCheck: isoInstant(check.lastCheck) })),
  };
}

/** A health report for people. */
function healthTable(status: HealthStatus): string {
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
