import type { ConfigurationProvider } from '@quantumtrade/core-traits';
import { sections } from './sections.ts';

/**
 * Gives every secret of the service for a redactor: what the provider lists, and for one that lists nothing, every
 * value that has been seen so far. Of an address with a password, the password alone is a secret too.
 */
export function knownSecrets(configuration: ConfigurationProvider): () => readonly string[] {
  const seen = new Set<string>();
  return () => {
    const listed = configuration.secrets?.();
    if (listed !== undefined) return listed.flatMap(withPassword);
    for (const { path, secrets = [] } of sections) {
      for (const key of secrets) {
        const secret = configuration.getSecret(`${path}.${key}`)?.reveal();
        if (secret) seen.add(secret);
      }
    }
    return [...seen].flatMap(withPassword);
  };
}

function withPassword(secret: string): readonly string[] {
  const password = URL.parse(secret)?.password;
  return password ? [secret, password, safelyDecoded(password)] : [secret];
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
