/**
 * What one day does otherwise than the rules say. Times are `HH:MM` on the exchange's own clocks; what is left out stays
 * as the rules have it.
 */
export type CalendarException =
  | {
      readonly kind: 'closed';
      /** `YYYY-MM-DD`. */
      readonly date: string;
      readonly reason: string;
    }
  | {
      /** A session with these hours, also where the rules have none. */
      readonly kind: 'hours';
      /** `YYYY-MM-DD`. */
      readonly date: string;
      readonly open?: string;
      readonly close?: string;
      /** When extended trading ends; as on any day when left out. */
      readonly extendedClose?: string;
      readonly reason: string;
    };
