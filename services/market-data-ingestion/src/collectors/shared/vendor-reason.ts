/** Why a vendor gave no bars: the `reason` of its collector's errors. The same words for every vendor. */
export type VendorReason =
  /** Too many requests at once; a second or two helps. */
  | 'pacing'
  /** The minute's calls are used up. */
  | 'minuteQuota'
  /** The day's calls are used up; asking again wins nothing. */
  | 'dailyQuota'
  /** The key is wrong, missing or the public demo key. */
  | 'authentication'
  /** The function is not part of the key's plan. */
  | 'premiumEndpoint'
  /** A parameter's value is not part of the key's plan. */
  | 'premiumParameter'
  /** The vendor does not know the symbol, function or parameter. */
  | 'unknownRequest'
  /** A well-formed answer without a single row. */
  | 'noData'
  /** Invented rows that stand in for data of another plan. */
  | 'artificialSample'
  /** The vendor or the way to it is down. */
  | 'outage'
  /** Cut off, broken, or not what was asked for. */
  | 'malformed'
  /** An answer that matches nothing known. */
  | 'unknown';

/** Every {@link VendorReason}; a `Record` so that the compiler notices a missing one. */
const known: Record<VendorReason, true> = {
  pacing: true,
  minuteQuota: true,
  dailyQuota: true,
  authentication: true,
  premiumEndpoint: true,
  premiumParameter: true,
  unknownRequest: true,
  noData: true,
  artificialSample: true,
  outage: true,
  malformed: true,
  unknown: true,
};

/** Every {@link VendorReason}, for labels and checks. */
export const vendorReasons: readonly VendorReason[] = Object.keys(known) as VendorReason[];

/** Whether text is one of {@link vendorReasons}. */
export function isVendorReason(text: string | undefined): text is VendorReason {
  return text !== undefined && Object.hasOwn(known, text);
}
