import { ServiceError } from '@quantumtrade/core-traits';

/** Where a Redis server is, and who asks. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Number of the logical database. */
  readonly db: number;
}

/** An address in the words of the client. */
export interface RedisClientAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly servername: string };
}

/** What the client is told of an address. Its own reading of one ends in an error where a password has a lone `%`. */
export function redisClientAddress({ host, port, db, username, password, tls }: RedisAddress): RedisClientAddress {
  return {
    host,
    port,
    db,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: { servername: host } } : {}),
  };
}

/**
 * Takes `redis://user:password@host:port/db` apart; `rediss://` is TLS, everything but the host may be left out. A query
 * is refused: the client would take it for options that override ours.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidSetting`; its message does not repeat the address.
 */
export function parseRedisAddress(text: string): RedisAddress {
  const url = URL.parse(text);
  const db = /^\/?(\d{0,4})$/.exec(url?.pathname ?? '-')?.[1];
  const isRedis = url?.protocol === 'redis:' || url?.protocol === 'rediss:';
  if (url === null || !isRedis || db === undefined || url.hostname === '' || url.search !== '' || url.hash !== '') {
    throw new ServiceError({
      kind: 'configuration',
      reason: 'invalidSetting',
      message: 'the address of Redis must look like redis://user:password@host:6379/0 (rediss:// for TLS)',
    });
  }
  return {
    host: decode(url.hostname).replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 6379 : Number(url.port),
    tls: url.protocol === 'rediss:',
    username: decode(url.username) || undefined,
    password: decode(url.password) || undefined,
    db: Number(db),
  };
}

/** A password is often pasted as it is, and a lone `%` is no encoding. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
