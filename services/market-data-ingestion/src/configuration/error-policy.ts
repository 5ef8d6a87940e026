import type { ErrorPolicy } from '@quantumtrade/core-defaults';
import type { ConfigurationProvider } from '@quantumtrade/core-traits';
import { collectionSection, errorsSection } from './collection-sections.ts';
import { alpacaSection, alphaVantageSection } from './vendor-sections.ts';

/**
 * The error handler's policy out of the configuration. The `max_retries` of the vendor in use counts for the step
 * `fetch`, and Alpha Vantage's for the vendors of a host.
 */
export function errorPolicyOf(configuration: ConfigurationProvider, vendor?: string): Partial<ErrorPolicy> {
  const errors = configuration.getConfigSection(errorsSection);
  const fetchAttempts = 1 + maxRetriesOf(configuration, vendor);
  return {
    maxAttempts: errors.max_attempts ?? fetchAttempts,
    maxAttemptsByOperation: { fetch: fetchAttempts },
    baseDelayMs: errors.base_delay_ms,
    maxDelayMs: errors.max_delay_ms,
    rules: errors.rules.map(({ max_attempts: maxAttempts, ...rule }) => ({ ...rule, maxAttempts })),
    retryBudget: {
      ratio: errors.retry_budget.ratio,
      minRetriesPerMinute: errors.retry_budget.min_retries_per_minute,
    },
  };
}

function maxRetriesOf(configuration: ConfigurationProvider, vendor: string | undefined): number {
  const name = vendor ?? configuration.getConfigSection(collectionSection).source;
  if (name === 'alpaca') return configuration.getConfigSection(alpacaSection).max_retries;
  return configuration.getConfigSection(alphaVantageSection).max_retries;
}
