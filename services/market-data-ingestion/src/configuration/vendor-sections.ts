import { type ConfigurationSection, Redacted } from '@quantumtrade/core-traits';
import { z } from 'zod';
import { decimalNumber, flag, limit, rate, text, wholeNumber, word } from './fields.ts';
import { section } from './section.ts';

/** The vendor: where it is, the key, and how it is asked. */
export interface AlphaVantageSection {
  readonly api_key?: Redacted<string> | undefined;
  /** The whole endpoint, `/query` included; https, or http on the loopback. */
  readonly base_url?: string | undefined;
  readonly timeout_seconds: number;
  /** Retries after the first try of a request that failed in passing. */
  readonly max_retries: number;
  readonly default_output_size: 'compact' | 'full';
  readonly bar_label: 'start' | 'end';
  readonly datatype: 'json' | 'csv';
  /** Intraday bars before and after the regular session. */
  readonly extended_hours: boolean;
  /** The freshness that the plan includes; end of day when left out. */
  readonly entitlement?: 'realtime' | 'delayed' | undefined;
}

/** The second vendor: where it is, its two keys, and how it is asked. */
export interface AlpacaSection {
  readonly api_key_id?: Redacted<string> | undefined;
  readonly api_secret_key?: Redacted<string> | undefined;
  /** The address before `/v2` and `/v1beta3`; https, or http on the loopback. */
  readonly base_url?: string | undefined;
  readonly feed: 'iex' | 'sip' | 'delayed_sip';
  readonly timeout_seconds: number;
  /** Retries after the first try of a request that failed in passing. */
  readonly max_retries: number;
  readonly default_output_size: 'compact' | 'full';
  /** The most pages of one request. */
  readonly max_pages: number;
  /** What the plan allows in any 60 seconds. */
  readonly calls_per_minute: number | 'none';
}

/** What the key allows. The sandbox is not limited. */
export interface RateLimitsSection {
  readonly calls_per_second: number | 'none';
  readonly calls_per_minute: number | 'none';
  /** 25 unless the key is premium; premium keys have no daily limit. */
  readonly calls_per_day?: number | 'none' | undefined;
  readonly is_premium: boolean;
  /** Processes that use the key: each keeps to its part where they do not count together. */
  readonly processes?: number | undefined;
  /** How long a refusal of what the plan does not hold is believed. */
  readonly remember_refusals_days: number;
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

const endpoint = text().superRefine((value, context) => {
  const url = URL.parse(value);
  const allowed =
    url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname)));
  if (!allowed) {
    context.addIssue({ code: 'custom', message: 'expected an https address (plain http only on the loopback)' });
  } else if (url.search !== '' || url.username !== '' || url.password !== '') {
    context.addIssue({ code: 'custom', message: 'expected an address without a query and without credentials' });
  }
});

export const alphaVantageSection: ConfigurationSection<AlphaVantageSection> = section(
  'alpha_vantage',
  z.strictObject({
    api_key: z.instanceof(Redacted<string>).optional(),
    base_url: endpoint.optional(),
    timeout_seconds: decimalNumber(0.001, 86_400).default(30),
    max_retries: wholeNumber(0, 100).default(3),
    default_output_size: word(['compact', 'full']).default('compact'),
    bar_label: word(['start', 'end']).default('start'),
    datatype: word(['json', 'csv']).default('json'),
    extended_hours: flag().default(true),
    entitlement: word(['realtime', 'delayed']).optional(),
  }),
  ['api_key'],
);

export const alpacaSection: ConfigurationSection<AlpacaSection> = section(
  'alpaca',
  z.strictObject({
    api_key_id: z.instanceof(Redacted<string>).optional(),
    api_secret_key: z.instanceof(Redacted<string>).optional(),
    base_url: endpoint.optional(),
    feed: word(['iex', 'sip', 'delayed_sip']).default('iex'),
    timeout_seconds: decimalNumber(0.001, 86_400).default(30),
    max_retries: wholeNumber(0, 100).default(3),
    default_output_size: word(['compact', 'full']).default('compact'),
    max_pages: wholeNumber(1, 1000).default(50),
    calls_per_minute: limit().default(200),
  }),
  ['api_key_id', 'api_secret_key'],
);

export const rateLimitsSection: ConfigurationSection<RateLimitsSection> = section(
  'rate_limits',
  z.strictObject({
    calls_per_second: rate().default(1),
    calls_per_minute: limit().default('none'),
    calls_per_day: limit().optional(),
    is_premium: flag().default(false),
    processes: wholeNumber(1, 10_000).optional(),
    remember_refusals_days: decimalNumber(0, 3650).default(7),
  }),
);
