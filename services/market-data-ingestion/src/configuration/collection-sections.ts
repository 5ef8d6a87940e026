import type { ConfigurationSection, ErrorDecision, ServiceErrorKind } from '@quantumtrade/core-traits';
import { z } from 'zod';
import { parseExchangeChoice } from '../coverage/exchange-of.ts';
import { decimalNumber, flag, list, symbols, tables, text, wholeNumber, word } from './fields.ts';
import { section } from './section.ts';

export interface CollectionSection {
  /** The vendor that is asked, by its name in the registry. */
  readonly source: string;
  readonly default_symbols: readonly string[];
  /** Collected before others. */
  readonly priority_symbols: readonly string[];
  readonly concurrent_collections: number;
  /** One collection ends within this, waits included. */
  readonly deadline_seconds: number;
  readonly data_quality: {
    readonly min_quality_score: number;
    readonly enable_validation: boolean;
    readonly max_price_deviation_percent: number;
    readonly min_volume_threshold: number;
    readonly enable_deduplication: boolean;
  };
}

/** How failures are answered. */
export interface ErrorsSection {
  /** Attempts in all for every step but `fetch`; `alpha_vantage.max_retries` and one when left out. */
  readonly max_attempts?: number | undefined;
  /** Upper bound of the wait after the first attempt; it doubles with each further one. */
  readonly base_delay_ms: number;
  readonly max_delay_ms: number;
  /** The first rule that matches wins; what it leaves out matches everything. */
  readonly rules: readonly {
    readonly kind?: ServiceErrorKind | undefined;
    readonly reason?: string | undefined;
    readonly operation?: 'fetch' | 'process' | 'store' | undefined;
    readonly action: ErrorDecision['action'];
    readonly max_attempts?: number | undefined;
  }[];
  readonly retry_budget: {
    /** Retries for each request whose first attempt failed. */
    readonly ratio: number;
    readonly min_retries_per_minute: number;
  };
}

/** What the ledger of completeness believes, and how long it waits. */
export interface CoverageSection {
  /** A session that is pending for longer is reported as a failure. */
  readonly max_pending_days: number;
  /** Refusals in a row after which a request is not worth another call. */
  readonly refused_after: number;
  /** How long after its close an answer may still lack a session's bars. */
  readonly settle_hours: number;
  /** How old the end of a full history is once nothing is traded any more. */
  readonly delisted_after_days: number;
  /** Whether bars before and after the session are expected too. */
  readonly extended_hours: boolean;
  /** `SYMBOL=EXCHANGE` or `.ENDING=EXCHANGE`, beside the known ones. */
  readonly exchanges: readonly string[];
}

const quality = z.strictObject({
  min_quality_score: decimalNumber(0, 100).default(70),
  enable_validation: flag().default(true),
  max_price_deviation_percent: decimalNumber(0).default(10),
  min_volume_threshold: decimalNumber(0).default(1000),
  enable_deduplication: flag().default(true),
});

export const collectionSection: ConfigurationSection<CollectionSection> = section(
  'collection',
  z.strictObject({
    source: text().default('alpha_vantage'),
    default_symbols: symbols.default(['AAPL', 'GOOGL', 'MSFT', 'AMZN', 'TSLA']),
    priority_symbols: symbols.default(['SPY', 'QQQ']),
    concurrent_collections: wholeNumber(1, 1000).default(5),
    deadline_seconds: decimalNumber(0.001, 86_400).default(60),
    data_quality: quality.prefault({}),
  }),
);

const attempts = () => wholeNumber(1, 100).optional();

const errorRule = z
  .strictObject({
    kind: word(['configuration', 'database', 'externalApi', 'rateLimit', 'dataQuality', 'system']).optional(),
    reason: text().optional(),
    operation: word(['fetch', 'process', 'store']).optional(),
    action: word(['retry', 'useCache', 'useDefault', 'fail']),
    max_attempts: attempts(),
  })
  .refine(({ action, max_attempts }) => action === 'retry' || max_attempts === undefined, {
    path: ['max_attempts'],
    error: 'goes with action "retry" only',
  });

export const errorsSection: ConfigurationSection<ErrorsSection> = section(
  'errors',
  z
    .strictObject({
      max_attempts: attempts(),
      base_delay_ms: wholeNumber(0, 3_600_000).default(2_000),
      max_delay_ms: wholeNumber(0, 3_600_000).default(10_000),
      rules: tables(errorRule).default([]),
      retry_budget: z
        .strictObject({
          ratio: decimalNumber(0, 10).default(0.2),
          min_retries_per_minute: wholeNumber(0, 1_000_000).default(10),
        })
        .prefault({}),
    })
    .refine(({ base_delay_ms, max_delay_ms }) => base_delay_ms <= max_delay_ms, {
      path: ['base_delay_ms'],
      error: 'must not be above errors.max_delay_ms',
    }),
);

const exchangeChoices = list().superRefine((values, context) => {
  const wrong = values.find((value) => parseExchangeChoice(value) === undefined);
  if (wrong === undefined) return;
  const expected = 'expected SYMBOL=EXCHANGE or .ENDING=EXCHANGE with XNYS, XNAS, XLON, XTSE, XHKG, 24/7 or 24/5';
  context.addIssue({ code: 'custom', message: `${expected}, not ${JSON.stringify(wrong)}` });
});

export const coverageSection: ConfigurationSection<CoverageSection> = section(
  'coverage',
  z.strictObject({
    max_pending_days: decimalNumber(0, 36_500).default(7),
    refused_after: wholeNumber(1, 1000).default(3),
    settle_hours: decimalNumber(0, 8760).default(24),
    delisted_after_days: decimalNumber(1, 36_500).default(30),
    extended_hours: flag().default(false),
    exchanges: exchangeChoices.prefault([]),
  }),
);
