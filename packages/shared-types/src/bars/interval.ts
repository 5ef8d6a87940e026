/** The length of a bar. Intraday lengths are exact; `daily` and longer follow the exchange's calendar. */
export type Interval = '1min' | '5min' | '15min' | '30min' | '60min' | 'daily' | 'weekly' | 'monthly';

/** Every interval, shortest first. */
export const intervals: readonly Interval[] = ['1min', '5min', '15min', '30min', '60min', 'daily', 'weekly', 'monthly'];

const minutes: Partial<Record<Interval, number>> = { '1min': 1, '5min': 5, '15min': 15, '30min': 30, '60min': 60 };

/** The length of an intraday bar in milliseconds; `undefined` for daily and longer. */
export function intradayMilliseconds(interval: Interval): number | undefined {
  const length = minutes[interval];
  return length === undefined ? undefined : length * 60_000;
}

/** Whether text is one of {@link intervals}. */
export function isInterval(text: string): text is Interval {
  return (intervals as readonly string[]).includes(text);
}
