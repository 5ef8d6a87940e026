import type { CorporateActionField, CorporateActionKind } from '@quantumtrade/shared-types';

/** How Alpha Vantage names one kind of corporate action. */
export interface ActionWords {
  readonly function: string;
  /** Its fields by the vendor's plain names. */
  readonly fields: ReadonlyMap<string, CorporateActionField>;
}

/** The function that gives each kind, and the names of its fields, in JSON and in CSV alike. */
export const actionWords: Readonly<Record<CorporateActionKind, ActionWords>> = {
  dividend: {
    function: 'DIVIDENDS',
    fields: new Map([
      ['ex dividend date', 'exDate'],
      ['amount', 'value'],
      ['declaration date', 'declarationDate'],
      ['record date', 'recordDate'],
      ['payment date', 'paymentDate'],
    ]),
  },
  split: {
    function: 'SPLITS',
    fields: new Map([
      ['effective date', 'exDate'],
      ['split factor', 'value'],
    ]),
  },
};
