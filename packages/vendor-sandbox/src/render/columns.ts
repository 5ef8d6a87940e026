import { PRICE_SCALE, type Row } from '../series/row.ts';

/** One value of a bar: its names in both formats, and its text. */
export interface Column {
  /** Without the vendor's running number. */
  readonly jsonName: string;
  readonly csvName: string;
  readonly text: (row: Row) => string;
}

const OHLC: readonly Column[] = [
  same('open', (row) => priceText(row.open)),
  same('high', (row) => priceText(row.high)),
  same('low', (row) => priceText(row.low)),
  same('close', (row) => priceText(row.close)),
];

const VOLUME: Column = same('volume', (row) => String(row.volume));

/** Open, high, low, close and volume. */
export const PLAIN_COLUMNS: readonly Column[] = [...OHLC, VOLUME];

/** Adjusted weeks and months, whose CSV headers hold spaces. */
export const ADJUSTED_PERIOD_COLUMNS: readonly Column[] = [
  ...OHLC,
  same('adjusted close', (row) => priceText(row.adjustedClose ?? row.close)),
  VOLUME,
  same('dividend amount', (row) => priceText(row.dividend ?? 0)),
];

/** Adjusted days, whose CSV headers hold underscores. No listing of the sandbox ever splits. */
export const ADJUSTED_DAILY_COLUMNS: readonly Column[] = [
  ...ADJUSTED_PERIOD_COLUMNS,
  same('split coefficient', () => '1.0'),
].map((column) => ({ ...column, csvName: column.jsonName.replaceAll(' ', '_') }));

/** Rates without a volume: a hundredth of what a share costs, which is what currencies cost each other. */
export const FX_COLUMNS: readonly Column[] = [
  same('open', (row) => rateText(row.open)),
  same('high', (row) => rateText(row.high)),
  same('low', (row) => rateText(row.low)),
  same('close', (row) => rateText(row.close)),
];

/** Prices of a digital currency, and fractions of it as volume. */
export const CRYPTO_COLUMNS: readonly Column[] = [...OHLC, same('volume', (row) => priceText(row.volume))];

function same(name: string, text: (row: Row) => string): Column {
  return { jsonName: name, csvName: name, text };
}

/** An amount of money. Exact, because it is a whole number of ten-thousandths. */
export function priceText(price: number): string {
  const whole = Math.floor(price / PRICE_SCALE);
  return `${whole}.${String(price - whole * PRICE_SCALE).padStart(4, '0')}`;
}

/** Exact, because the rate is a whole number of millionths. */
function rateText(rate: number): string {
  const parts = PRICE_SCALE * 100;
  const whole = Math.floor(rate / parts);
  return `${whole}.${String(rate - whole * parts).padStart(6, '0')}`;
}
