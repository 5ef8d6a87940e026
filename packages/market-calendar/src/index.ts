export type { BarOptions } from './bars.ts';
export type { CalendarException } from './calendar-exception.ts';
export { type CalendarOptions, calendarOf, createCalendar, isExchange } from './create-calendar.ts';
export { differingSessions, type SessionDifference } from './differing-sessions.ts';
export { type ExchangeName, exchanges } from './exchange-definition.ts';
export type { HoursOptions, MarketCalendar } from './market-calendar.ts';
export type { Session } from './session.ts';
