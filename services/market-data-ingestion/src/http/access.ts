import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { Redacted } from '@quantumtrade/core-traits';
import { refusal } from './refusal.ts';

/** What a request needs: nothing, the right to read, or the right to change something. */
export type Scope = 'open' | 'read' | 'write';

/** Who may do what. */
export interface AccessRules {
  /** Each allows everything. Without one, changing something is not allowed to anybody. */
  readonly tokens: readonly (Redacted<string> | undefined)[];
  /** Allows reading. */
  readonly readToken: Redacted<string> | undefined;
  /** Whether reading needs no token. */
  readonly openReads: boolean;
}

/** What a request needs: what its route says; of other routes, reading to read and writing for the rest. */
export function scopeOf(method: string, url: string | undefined, declared: Scope | undefined): Scope {
  if (declared !== undefined) return declared;
  // The documentation holds nothing of anybody's, and what is not there needs no protection.
  if (url === undefined || url.startsWith('/docs')) return 'open';
  return method === 'GET' || method === 'HEAD' ? 'read' : 'write';
}

/** @throws ServiceError, reason `tokenMissing`, `tokenRefused` or `scopeMissing`, unless the header grants the scope. */
export function requireScope(scope: Scope, authorization: string | undefined, rules: AccessRules): void {
  if (scope === 'open') return;
  if (authorization === undefined) {
    if (scope === 'read' && rules.openReads) return;
    throw refusal('tokenMissing', 'send a bearer token in the header "authorization"');
  }
  const offered = /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
  // All are always compared, so that the time does not tell which one was nearer.
  const writes = rules.tokens.map((token) => sameToken(offered, token)).includes(true);
  const reads = sameToken(offered, rules.readToken);
  if (!writes && !reads) throw refusal('tokenRefused', 'the token is not valid');
  if (scope === 'write' && !writes) throw refusal('scopeMissing', 'the token allows reading only');
}

/** Compares in a time that does not depend on the texts. */
function sameToken(offered: string, expected: Redacted<string> | undefined): boolean {
  const same = timingSafeEqual(digest(offered), digest(expected?.reveal() ?? ''));
  return same && expected !== undefined && offered !== '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Refuses names that are not this host's: a page of another site can make its own name point here, and would be let in
 * by its visitor's browser. Addresses cannot be pointed anywhere and are let through.
 *
 * @throws ServiceError, reason `hostRefused`.
 */
export function requireHost(header: string | undefined, names: readonly string[]): void {
  const name = hostnameOf(header);
  if (name !== undefined && (isIP(name) !== 0 || name === 'localhost' || names.includes(name))) return;
  throw refusal('hostRefused', 'this host does not go by that name: add it to http.allowed_hosts');
}

/** Refuses what a page of another site lets its visitor's browser send. @throws ServiceError, reason `originRefused`. */
export function requireOwnOrigin(origin: string | undefined, host: string | undefined): void {
  if (origin === undefined || URL.parse(origin)?.host === host?.toLowerCase()) return;
  throw refusal('originRefused', 'pages of other sites may not change anything here');
}

/** The host of a `Host` header, in lower case, without its port and without brackets. */
function hostnameOf(header = ''): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header);
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}
