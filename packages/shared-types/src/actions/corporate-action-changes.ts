import type { CorporateAction, StoredCorporateAction } from './corporate-action.ts';

/** A version to be stored: an action, or the end of one. */
export interface CorporateActionVersion {
  readonly action: CorporateAction;
  readonly place: number;
  readonly withdrawn: boolean;
}

/** What a vendor's answer adds to what is known. */
export interface CorporateActionChanges {
  /** In the order of day and place. */
  readonly versions: readonly CorporateActionVersion[];
  /** Actions that are known just as they are. */
  readonly unchanged: number;
}

/**
 * What is new in a vendor's actions of one list against the newest stored version of each, withdrawn ones included.
 *
 * Where the actions are `complete`, a known one that is not among them is withdrawn, if it is younger than the oldest of
 * them: an answer may leave out what is long ago, and may end early, but it does not skip.
 */
export function corporateActionChanges(
  known: readonly StoredCorporateAction[],
  actions: readonly CorporateAction[],
  complete: boolean,
): CorporateActionChanges {
  const before = new Map(known.map((action) => [keyOf(action.exDate, action.place), action]));
  const given = placed(actions);
  const versions: CorporateActionVersion[] = [];
  for (const { action, place } of given.values()) {
    const stored = before.get(keyOf(action.exDate, place));
    if (stored === undefined || stored.withdrawn || textOf(stored) !== textOf(action)) {
      versions.push({ action, place, withdrawn: false });
    }
  }
  const unchanged = actions.length - versions.length;
  const oldest = actions.map(({ exDate }) => exDate).sort()[0] ?? '9999';
  for (const [key, stored] of before) {
    if (!complete || stored.withdrawn || given.has(key) || stored.exDate <= oldest) continue;
    const { kind, exDate, value, declarationDate, recordDate, paymentDate, place } = stored;
    const action = { kind, exDate, value, declarationDate, recordDate, paymentDate };
    versions.push({ action, place, withdrawn: true });
  }
  versions.sort((a, b) =>
    a.action.exDate === b.action.exDate ? a.place - b.place : order(a.action.exDate, b.action.exDate),
  );
  return { versions, unchanged };
}

/** Actions by day and place; the place does not depend on the order in which a vendor names them. */
function placed(
  actions: readonly CorporateAction[],
): Map<string, { readonly action: CorporateAction; readonly place: number }> {
  const sorted = actions.toSorted((a, b) => order(a.exDate, b.exDate) || order(textOf(a), textOf(b)));
  const places = new Map<string, number>();
  return new Map(
    sorted.map((action) => {
      const place = (places.get(action.exDate) ?? 0) + 1;
      places.set(action.exDate, place);
      return [keyOf(action.exDate, place), { action, place }];
    }),
  );
}

function keyOf(exDate: string, place: number): string {
  return `${exDate} ${place}`;
}

function textOf({ value, declarationDate, recordDate, paymentDate }: CorporateAction): string {
  return [value, declarationDate ?? '', recordDate ?? '', paymentDate ?? ''].join(' ');
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
