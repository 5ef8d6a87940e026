import { type ConfigurationSection, Redacted } from '@quantumtrade/core-traits';
import { z } from 'zod';
import { decimalNumber, limit, list, text, wholeNumber, word } from './fields.ts';
import { section } from './section.ts';

/** The HTTP interface of the daemon. */
export interface HttpSection {
  /** Address to listen on; beyond the loopback a token is needed. */
  readonly host: string;
  /** 0 is any free one. */
  readonly port: number;
  /** Allows everything. */
  readonly token?: Redacted<string> | undefined;
  /** Allows reading only. */
  readonly read_token?: Redacted<string> | undefined;
  /** Names that clients may use for this host, beside `localhost`, IP addresses and `host`. */
  readonly allowed_hosts: readonly string[];
  readonly max_body_bytes: number;
  readonly max_header_bytes: number;
  readonly max_connections: number;
  readonly max_event_streams: number;
  /** Of one client address. */
  readonly requests_per_minute: number | 'none';
  /** How long a client may take to send a request. */
  readonly request_timeout_seconds: number;
  /** How long collections may go on after a signal to stop. */
  readonly drain_seconds: number;
}

export interface LoggingSection {
  /** `info` for a service, `warn` for a command when left out. */
  readonly level?: 'silent' | 'error' | 'warn' | 'info' | undefined;
  /** `json` when left out; `text` on a terminal. */
  readonly format?: 'json' | 'text' | undefined;
}

/** Whether nobody but this machine can reach a host's port. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

const secretToken = () =>
  z
    .instanceof(Redacted<string>)
    .refine((token) => /^[\x21-\x7e]{16,256}$/.test(token.reveal()), {
      error: 'expected 16 to 256 letters, digits and signs without blanks',
    })
    .optional();

export const httpSection: ConfigurationSection<HttpSection> = section(
  'http',
  z
    .strictObject({
      host: text().default('127.0.0.1'),
      port: wholeNumber(0, 65_535).default(8080),
      token: secretToken(),
      read_token: secretToken(),
      allowed_hosts: list().default([]),
      max_body_bytes: wholeNumber(1, 104_857_600).default(65_536),
      max_header_bytes: wholeNumber(1024, 1_048_576).default(16_384),
      max_connections: wholeNumber(1, 100_000).default(500),
      max_event_streams: wholeNumber(1, 100_000).default(100),
      requests_per_minute: limit().default(60_000),
      request_timeout_seconds: decimalNumber(0.01, 3600).default(10),
      drain_seconds: decimalNumber(0, 3600).default(5),
    })
    .refine(({ host, token, read_token }) => isLoopback(host) || (token ?? read_token) !== undefined, {
      path: ['host'],
      error: 'beyond the loopback needs http.token or http.read_token',
    }),
  ['token', 'read_token'],
);

export const loggingSection: ConfigurationSection<LoggingSection> = section(
  'logging',
  z.strictObject({
    level: word(['silent', 'error', 'warn', 'info']).optional(),
    format: word(['json', 'text']).optional(),
  }),
);
