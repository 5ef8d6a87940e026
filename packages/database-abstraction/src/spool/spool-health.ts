import type { Clock, ComponentReport, HealthCheck } from '@quantumtrade/core-traits';
import type { BatchSpool } from '@quantumtrade/shared-types';

/** Degraded while batches wait or an entry was kept aside, unhealthy when there is no room left. */
export function spoolHealthCheck(spool: BatchSpool, clock: Clock, implementation: string): HealthCheck {
  const check = async (): Promise<ComponentReport> => {
    const { entries, full, oldestSpooledAt, damaged } = await spool.stats();
    const age = oldestSpooledAt === undefined ? 0 : Math.max(0, Math.round((clock.now() - oldestSpooledAt) / 1000));
    const messages = [
      ...(entries > 0 ? [`${entries} ${entries === 1 ? 'batch waits' : 'batches wait'}, the oldest for ${age} s`] : []),
      ...(full ? ['the spool is full'] : []),
      ...(damaged > 0 ? [`${damaged} damaged ${damaged === 1 ? 'entry was' : 'entries were'} kept aside`] : []),
    ];
    const status = full ? 'unhealthy' : messages.length > 0 ? 'degraded' : 'healthy';
    return { status, message: messages.join('; '), implementation };
  };
  return { name: 'spool', critical: false, check };
}
