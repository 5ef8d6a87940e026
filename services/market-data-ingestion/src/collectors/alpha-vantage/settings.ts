import type { Redacted } from '@quantumtrade/core-traits';
import type { BarLabel } from '@quantumtrade/shared-types';

/** How to reach Alpha Vantage and what to ask for when a request does not say. */
export interface AlphaVantageSettings {
  /** The `source` of the series, such as `alpha_vantage`. */
  readonly source: string;
  /** The whole endpoint, `/query` included. */
  readonly baseUrl: string;
  /**
   * Travels in the URL of every request and nowhere else. It is read once for each request, so a getter may give a key
   * that rotates.
   */
  readonly apiKey: Redacted<string>;
  /** Milliseconds for one request from its start to the last byte of its answer. */
  readonly timeoutMs: number;
  /** Used by requests for the newest bars that do not choose themselves. */
  readonly defaultOutputSize: 'compact' | 'full';
  /** Whether the vendor labels bars by their start (since about 2023) or by their end (before). */
  readonly barLabel: BarLabel;
  /** The form to ask for. Either form is understood in an answer. */
  readonly dataType: 'json' | 'csv';
  /**
   * Whether intraday bars of stocks include those before and after the regular session.
   *
   * @default true
   */
  readonly extendedHours?: boolean | undefined;
  /** The plan's promise about freshness that is asked for; the vendor's own, end of day, when left out. */
  readonly entitlement?: 'realtime' | 'delayed' | undefined;
  /**
   * What stands behind `baseUrl`, as health reports it.
   *
   * @default 'server'
   */
  readonly implementation?: 'sandbox' | 'server' | undefined;
}
