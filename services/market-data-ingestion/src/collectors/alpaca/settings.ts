import type { Redacted } from '@quantumtrade/core-traits';

/** Where Alpaca takes stock prices from: one exchange, all of them, or all of them 15 minutes late. */
export type AlpacaFeed = 'iex' | 'sip' | 'delayed_sip';

/** How to reach Alpaca and what to ask for when a request does not say. */
export interface AlpacaSettings {
  /** The `source` of the series, such as `alpaca`. */
  readonly source: string;
  /** The address of the market-data API, without a path of its version. */
  readonly baseUrl: string;
  /** Sent as header `APCA-API-KEY-ID`. Read once for each request, so a getter may give a key that rotates. */
  readonly keyId: Redacted<string>;
  /** Sent as header `APCA-API-SECRET-KEY`; read as the key id is. */
  readonly secretKey: Redacted<string>;
  /** Milliseconds for one page from its start to the last byte of its answer. */
  readonly timeoutMs: number;
  readonly feed: AlpacaFeed;
  /** Used by requests for the newest bars that do not choose themselves. */
  readonly defaultOutputSize: 'compact' | 'full';
  /** The most pages of one request; one more refuses it whole. */
  readonly maxPages: number;
  /**
   * Bars of one page.
   *
   * @default 10000
   */
  readonly pageSize?: number | undefined;
  /**
   * What stands behind `baseUrl`, as health reports it.
   *
   * @default 'server'
   */
  readonly implementation?: 'sandbox' | 'server' | undefined;
}
