/**
 * The ways the sandbox can refuse, each as the vendor does it.
 *
 * - `pacing`, `premiumBurst`, `minuteQuota`, `dailyQuota`, `legacyNote`: call volume.
 * - `premiumEndpoint`, `premiumParameter`, `artificialSample`: entitlement.
 * - `demoKey`, `invalidKey`: the key.
 * - `invalidCall`: the request.
 * - `outage`, `outageHtml`, `outageHtml200`, `truncated`, `emptyObject`, `emptySeries`, `http500`, `http429`: trouble.
 * - `wrongSymbol`, `unknownBody`: answers that must not be believed.
 */
export type Refusal =
  | 'pacing'
  | 'premiumBurst'
  | 'minuteQuota'
  | 'dailyQuota'
  | 'legacyNote'
  | 'premiumEndpoint'
  | 'premiumParameter'
  | 'artificialSample'
  | 'demoKey'
  | 'invalidKey'
  | 'invalidCall'
  | 'outage'
  | 'outageHtml'
  | 'outageHtml200'
  | 'truncated'
  | 'emptyObject'
  | 'emptySeries'
  | 'wrongSymbol'
  | 'unknownBody'
  | 'http500'
  | 'http429';

/** Every {@link Refusal}, in the order of its documentation. */
export const REFUSALS: readonly Refusal[] = [
  'pacing',
  'premiumBurst',
  'minuteQuota',
  'dailyQuota',
  'legacyNote',
  'premiumEndpoint',
  'premiumParameter',
  'artificialSample',
  'demoKey',
  'invalidKey',
  'invalidCall',
  'outage',
  'outageHtml',
  'outageHtml200',
  'truncated',
  'emptyObject',
  'emptySeries',
  'wrongSymbol',
  'unknownBody',
  'http500',
  'http429',
];

const RESERVED_PREFIX = 'SANDBOX.';

const BY_RESERVED_SYMBOL: ReadonlyMap<string, Refusal> = new Map(
  REFUSALS.map((refusal) => [reservedSymbol(refusal), refusal]),
);

/** The symbol that always receives this refusal, such as `SANDBOX.DAILYQUOTA`. */
export function reservedSymbol(refusal: Refusal): string {
  return `${RESERVED_PREFIX}${refusal.toUpperCase()}`;
}

/** The refusal a symbol is reserved for, or `undefined` for an ordinary symbol. Letter case does not matter. */
export function refusalOfReservedSymbol(symbol: string): Refusal | undefined {
  return BY_RESERVED_SYMBOL.get(symbol.toUpperCase());
}
