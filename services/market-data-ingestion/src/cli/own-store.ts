import { ServiceError } from '@quantumtrade/core-traits';
import { clickhouseSection } from '../configuration/storage-sections.ts';
import type { Application } from './composition.ts';

/**
 * Refuses a command that needs an embedded store for itself while a daemon has it.
 *
 * @param instead what can be done while the daemon runs.
 * @throws ServiceError of kind `configuration`, reason `alreadyServed`.
 */
export function requireOwnStore({ configuration, daemon }: Application, instead: string): void {
  const { url: server } = configuration.getConfigSection(clickhouseSection);
  if (daemon === undefined || server !== undefined) return;
  throw new ServiceError({
    kind: 'configuration',
    reason: 'alreadyServed',
    message: `a daemon (process ${daemon.pid}) holds the embedded store: end it and start it again afterwards, or ${instead}`,
  });
}
