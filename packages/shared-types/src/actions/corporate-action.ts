/** What a company did to its shares: paid cash on them, or changed their number. */
export type CorporateActionKind = 'dividend' | 'split';

/** Every {@link CorporateActionKind}. */
export const corporateActionKinds: readonly CorporateActionKind[] = ['dividend', 'split'];

/** One dividend or split. Dates are civil dates of the listing, `2024-05-09`; what the vendor does not say is left out. */
export interface CorporateAction {
  readonly kind: CorporateActionKind;
  /** The first session that trades without the dividend, or with the new number of shares. */
  readonly exDate: string;
  /**
   * Exact decimal text without an exponent and without zeros that do not matter: the cash on one share, in the currency
   * of the listing, or how many shares one share becomes.
   */
  readonly value: string;
  /** Of dividends. */
  readonly declarationDate?: string | undefined;
  /** Of dividends. */
  readonly recordDate?: string | undefined;
  /** Of dividends. */
  readonly paymentDate?: string | undefined;
}

/** Whose actions of which kind, and from where; two sources never mix. */
export interface CorporateActionList {
  readonly symbol: string;
  readonly source: string;
  readonly kind: CorporateActionKind;
}

/** A version of an action as it is stored. Instants are milliseconds since the Unix epoch (UTC). */
export interface StoredCorporateAction extends CorporateAction {
  readonly symbol: string;
  readonly source: string;
  /** From 1 on, among the actions of one kind and day: a regular and a special dividend may share their day. */
  readonly place: number;
  /** Whether this version says that the vendor names the action no longer; the rest of it is then what it said last. */
  readonly withdrawn: boolean;
  readonly ingestedAt: number;
  readonly batchId: string;
}

/** The vendor's fields of an action, as far as they are kept. */
export type CorporateActionField = 'exDate' | 'value' | 'declarationDate' | 'recordDate' | 'paymentDate';

/** A row as the vendor wrote it; what it does not have is left out. */
export type RawCorporateAction = Readonly<Partial<Record<CorporateActionField, string>>>;

/** An answer of a vendor about one list: all the actions that it knows, in its own words and order. */
export interface RawCorporateActions extends CorporateActionList {
  readonly rows: readonly RawCorporateAction[];
}

/** A row that was judged unfit, in the vendor's words, with the rules it broke. */
export interface RejectedCorporateAction {
  readonly values: RawCorporateAction;
  readonly brokenRules: readonly string[];
}

/** A rejected row as it is stored. */
export interface StoredRejectedAction extends CorporateActionList, RejectedCorporateAction {
  /** Milliseconds since the Unix epoch (UTC). */
  readonly rejectedAt: number;
  readonly batchId: string;
}
