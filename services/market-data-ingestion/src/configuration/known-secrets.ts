import type { ConfigurationProvider } from '@quantumtrade/core-traits';
import { sections } from './sections.ts';

/**
 * Gives every secret of the service for a redactor: what the provider lists, and for one that lists nothing, every
 * value that has been seen so far.
 */
export function knownSecrets(configuration: ConfigurationProvider): () => readonly string[] {
  const seen = new Set<string>();
  return () => {
    const listed = configuration.secrets?.();
    if (listed !== undefined) return listed;
    for (const { path, secrets = [] } of sections) {
      for (const key of secrets) {
        const secret = configuration.getSecret(`${path}.${key}`)?.reveal();
        if (secret) seen.add(secret);
      }
    }
    return [...seen];
  };
}
