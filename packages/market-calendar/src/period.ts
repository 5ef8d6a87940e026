import type { Interval } from '@quantumtrade/shared-types';
import { dayMs } from './civil-day.ts';

/** A number shared by the civil days of one daily, weekly (Monday to Sunday) or monthly bar. */
export function periodOf(day: number, interval: Interval): number {
  if (interval === 'weekly') return Math.floor((day + 3) / 7);
  if (interval !== 'monthly') return day;
  const date = new Date(day * dayMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
