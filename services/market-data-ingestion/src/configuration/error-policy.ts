import type { ErrorPolicy } from '@quantumtrade/core-defaults';
import type { ConfigurationProvider } from '@quantumtrade/core-traits';
import { alphaVantageSection, errorsSection } from './sections.ts';

/** The error handler's policy out of the configuration. `alpha_vantage.max_retries` counts for the step `fetch`. */
export function errorPolicyOf(configuration: ConfigurationProvider): Partial<ErrorPolicy> {
  const errors = configuration.getConfigSection(errorsSection);
  const fetchAttempts = 1 + configuration.getConfigSection(alphaVantageSection).max_retries;
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
