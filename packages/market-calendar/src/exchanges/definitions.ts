import type { ExchangeDefinition, ExchangeName } from '../exchange-definition.ts';
import { alwaysOpen, currencyWeek } from './open-weeks.ts';
import { xnas, xnys } from './us-equities.ts';
import { xhkg } from './xhkg.ts';
import { xlon } from './xlon.ts';
import { xtse } from './xtse.ts';

/** What is known of each exchange. */
export const definitions: Readonly<Record<ExchangeName, ExchangeDefinition>> = {
  XNYS: xnys,
  XNAS: xnas,
  XLON: xlon,
  XTSE: xtse,
  XHKG: xhkg,
  '24/7': alwaysOpen,
  '24/5': currencyWeek,
};
