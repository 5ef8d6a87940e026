import {
  type CorporateAction,
  decimalTextAt,
  type RawCorporateAction,
  type RawCorporateActions,
  type RejectedCorporateAction,
} from '@quantumtrade/shared-types';
import { parseDecimal } from './decimal-parser.ts';

/** An answer about corporate actions, judged: `collected = accepted + duplicates + rejected`. */
export interface JudgedActions {
  readonly accepted: readonly CorporateAction[];
  /** Rows that say the same as another one. */
  readonly duplicates: number;
  readonly rejected: readonly RejectedCorporateAction[];
}

/** What vendors write where they know no date. */
const noDate: ReadonlySet<string> = new Set(['', 'none', 'null', 'n/a', '-', '0000-00-00']);

/** Reads rows into exact values; a row with a value that is none or does not fit is rejected whole, word for word. */
export function judgeActions({ kind, rows }: RawCorporateActions): JudgedActions {
  const accepted = new Map<string, CorporateAction>();
  const rejected: RejectedCorporateAction[] = [];
  for (const row of rows) {
    const brokenRules = new Set<string>();
    const exDate = dateIn(row, 'exDate', brokenRules);
    if (exDate === undefined && brokenRules.size === 0) brokenRules.add('missing_date');
    const value = valueIn(row, brokenRules);
    const dates = {
      declarationDate: dateIn(row, 'declarationDate', brokenRules),
      recordDate: dateIn(row, 'recordDate', brokenRules),
      paymentDate: dateIn(row, 'paymentDate', brokenRules),
    };
    if (exDate === undefined || value === undefined || brokenRules.size > 0) {
      rejected.push({ values: row, brokenRules: [...brokenRules] });
      continue;
    }
    const action = { kind, exDate, value, ...dates };
    accepted.set(JSON.stringify(action), action);
  }
  const duplicates = rows.length - accepted.size - rejected.length;
  return { accepted: [...accepted.values()], duplicates, rejected };
}

function dateIn(
  row: RawCorporateAction,
  field: 'exDate' | 'declarationDate' | 'recordDate' | 'paymentDate',
  brokenRules: Set<string>,
): string | undefined {
  const text = (row[field] ?? '').trim();
  if (noDate.has(text.toLowerCase())) return undefined;
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== text) brokenRules.add('malformed_date');
  // What the store holds.
  else if (text < '1900' || text >= '2300') brokenRules.add('date_out_of_range');
  else return text;
  return undefined;
}

function valueIn({ value = '' }: RawCorporateAction, brokenRules: Set<string>): string | undefined {
  const parsed = parseDecimal(/^(none|null)$/i.test(value.trim()) ? '' : value);
  if (typeof parsed === 'string') {
    brokenRules.add(parsed);
    return undefined;
  }
  if (parsed.units > 0n) return decimalTextAt({ units: [parsed.units], scale: parsed.scale }, 0);
  brokenRules.add('non_positive_value');
  return undefined;
}
