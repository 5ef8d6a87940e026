import { friday, monday, saturday, sunday, thursday, tuesday, wednesday } from '../civil-day.ts';
import { at, type ExchangeDefinition } from '../exchange-definition.ts';

const withoutHolidays = { version: '2026.1', holidays: [], shortDays: [], exceptions: [] };

/** Markets that never close: a session is a day in UTC. */
export const alwaysOpen: ExchangeDefinition = {
  ...withoutHolidays,
  timeZone: 'UTC',
  weekdays: [sunday, monday, tuesday, wednesday, thursday, friday, saturday],
  hours: [{ from: '1990-01-01', open: at(0), close: at(24) }],
};

/** Currencies: a trading day runs from 17:00 in New York on the evening before to 17:00. */
export const currencyWeek: ExchangeDefinition = {
  ...withoutHolidays,
  timeZone: 'America/New_York',
  weekdays: [monday, tuesday, wednesday, thursday, friday],
  hours: [{ from: '1990-01-01', open: at(-7), close: at(17) }],
};
