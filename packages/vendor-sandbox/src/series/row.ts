/** One bar as the vendor lists it; prices are whole ten-thousandths, so that they compare and add exactly. */
export interface Row {
  /** The bar's start, as the vendor writes it: a date, or a date and a New York time. */
  readonly label: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** The close scaled for later dividends; only in adjusted series. */
  readonly adjustedClose?: number;
  /** Dividends with their ex-date in this bar; only in adjusted series. */
  readonly dividend?: number;
}

/** Parts of one unit of money in a row's prices. */
export const PRICE_SCALE: number = 10_000;
