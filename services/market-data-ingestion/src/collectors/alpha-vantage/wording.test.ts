import { describe, expect, it } from 'vitest';
import type { VendorReason } from '../shared/vendor-reason.ts';
import { isArtificial, meaningOf } from './wording.ts';

const sayings: readonly (readonly [VendorReason | undefined, string])[] = [
  [
    'pacing',
    'Please consider spreading out your free API requests more sparingly (1 request per second). Subscribe to any of the premium plans to lift the free key rate limit (25 requests per day)',
  ],
  [
    'pacing',
    'Burst pattern detected. Please spread your requests across a 1-minute window, no more than 20 requests per second.',
  ],
  ['minuteQuota', 'Minute-level rate limit exceeded. Please consider spreading out your requests.'],
  ['minuteQuota', 'Our standard API call frequency is 5 calls per minute and 500 calls per day.'],
  ['minuteQuota', 'Please visit the premium page if you would like to have a higher API call volume.'],
  ['minuteQuota', 'You have exceeded 5 calls per minute or 500 calls per day.'],
  ['dailyQuota', 'We have detected your API key as ABC123 and our standard API rate limit is 25 requests per day.'],
  ['dailyQuota', 'You have reached the limit of 25 requests per day; premium plans raise the per-second burst limit.'],
  ['dailyQuota', 'Our standard API rate limit is 25 requests per day.'],
  ['dailyQuota', 'Your daily quota is exhausted.'],
  ['dailyQuota', 'You have exceeded the limit of requests for today.'],
  ['minuteQuota', 'You have made too many API calls in a short time.'],
  ['minuteQuota', 'We noticed an unusually high volume of API calls from your key.'],
  ['minuteQuota', 'Please reduce the frequency of your calls, or see our premium plans.'],
  ['minuteQuota', 'API requests are limited to 5 per minute.'],
  ['minuteQuota', 'Rate-limit exceeded for this premium endpoint.'],
  ['pacing', 'You are calling the API too frequently.'],
  ['pacing', 'Please limit your requests to one per second.'],
  ['premiumEndpoint', 'You are not entitled to access realtime data. Please upgrade your plan.'],
  ['premiumEndpoint', 'This feature is only available to paid subscribers.'],
  ['premiumEndpoint', 'To access realtime US market data you must subscribe to a plan.'],
  ['premiumEndpoint', 'This data is not included in your plan.'],
  ['premiumParameter', 'The parameter extended_hours is only available to premium members.'],
  ['authentication', 'This API key has been blocked due to abuse.'],
  ['authentication', 'Unauthorized'],
  ['noData', 'No data found for symbol XYZ.'],
  ['outage', 'We are currently performing scheduled maintenance.'],
  ['outage', 'Our servers are experiencing high load. Please try again in a few minutes.'],
  ['outage', 'Something went wrong.'],
  [
    'authentication',
    'The **demo** API key is for demo purposes only. Please claim your free API key to explore our full API offerings.',
  ],
  ['authentication', 'the parameter apikey is invalid or missing. Please claim your free API key.'],
  [
    'premiumEndpoint',
    'Thank you for using Alpha Vantage! This is a premium endpoint. You may subscribe to any of the premium plans.',
  ],
  ['premiumParameter', 'The outputsize=full parameter value is a premium feature for the TIME_SERIES_DAILY endpoint.'],
  ['premiumParameter', 'The **entitlement=realtime** parameter needs a premium plan.'],
  ['authentication', 'Your API key has been suspended.'],
  [
    'premiumEndpoint',
    'This premium endpoint has high-frequency data and its volume. Please retry the call with a plan.',
  ],
  ['unknownRequest', 'Invalid API call. Please retry or visit the documentation for TIME_SERIES_INTRADAY.'],
  ['unknownRequest', 'This API function (TIME_SERIES_HOURLY) does not exist.'],
  ['outage', 'the call met an internal or external error. Please try again.'],
  ['artificialSample', 'This is a premium endpoint. ***THE SAMPLE DATA SCHEMA BELOW IS ARTIFICIAL***'],
  [undefined, 'Daily Prices (open, high, low, close) and Volumes'],
  [undefined, 'A new sentence that nobody has seen'],
  [undefined, ''],
];

describe('meaningOf', () => {
  it.each(sayings)('gives %s for "%s"', (reason, words) => {
    expect(meaningOf(words)).toBe(reason);
  });

  it('reads words whatever their case and line breaks', () => {
    expect(meaningOf('INVALID\n  API\tCALL')).toBe('unknownRequest');
  });

  it('is not misled by a key that looks like words', () => {
    expect(
      meaningOf('We have detected your API key as INVALID and our standard API rate limit is 25 requests per day.'),
    ).toBe('dailyQuota');
  });
});

describe('isArtificial', () => {
  it('wants both the word and what it is about', () => {
    expect(isArtificial('The sample below is ARTIFICIAL')).toBe(true);
    expect(isArtificial('Artificial Intelligence Inc')).toBe(false);
  });
});
