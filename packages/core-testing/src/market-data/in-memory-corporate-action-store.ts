import { ServiceError } from '@quantumtrade/core-traits';
import {
  type BatchIdentity,
  type CorporateActionBatch,
  type CorporateActionList,
  type CorporateActionOutcome,
  type CorporateActionQuery,
  type CorporateActionStore,
  corporateActionChanges,
  type RejectedCorporateAction,
  type StoredCorporateAction,
  type StoredRejectedAction,
  type StoreOptions,
} from '@quantumtrade/shared-types';

/** Keeps every version of every dividend and split in memory, with the semantics that the contract documents. */
export class InMemoryCorporateActionStore implements CorporateActionStore {
  readonly #lists: Map<string, StoredCorporateAction[]> = new Map();
  /** What each batch did, so that a retry can say the same. */
  readonly #outcomes: Map<string, CorporateActionOutcome> = new Map();
  readonly #rejected: Map<string, StoredRejectedAction> = new Map();
  #failure: Error | undefined;

  /** Rejects every call from now on until {@link InMemoryCorporateActionStore.recover}; what is stored stays. */
  failWith(
    error: Error = new ServiceError({ kind: 'database', reason: 'storeUnavailable', message: 'the fake store fails' }),
  ): void {
    this.#failure = error;
  }

  /** Ends an outage. */
  recover(): void {
    this.#failure = undefined;
  }

  async insertCorporateActions(
    batch: CorporateActionBatch,
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<CorporateActionOutcome> {
    this.#begin(options);
    const { symbol, source, kind, actions, complete } = batch;
    const key = keyOf(batch);
    const before = this.#outcomes.get(`${key} ${identity.batchId}`);
    if (before !== undefined) return before;
    for (const { value, exDate } of actions) {
      if (!/^-?\d{1,20}(\.\d{1,18})?$/.test(value) || !/^(19|2[0-2])\d\d-/.test(exDate)) throw notStorable();
    }
    const versions = this.#lists.get(key) ?? [];
    const changes = corporateActionChanges(newestOf(versions), actions, complete);
    const ingestedAt = Math.max(identity.acceptedAt, ...versions.map((version) => version.ingestedAt + 1));
    for (const { action, place, withdrawn } of changes.versions) {
      const { batchId } = identity;
      versions.push({ ...withoutAbsent(action), symbol, source, kind, place, withdrawn, ingestedAt, batchId });
    }
    this.#lists.set(key, versions);
    const stored = actions.length - changes.unchanged;
    const outcome = { stored, unchanged: changes.unchanged, withdrawn: changes.versions.length - stored };
    this.#outcomes.set(`${key} ${identity.batchId}`, outcome);
    return outcome;
  }

  async getCorporateActions(query: CorporateActionQuery, options?: StoreOptions): Promise<StoredCorporateAction[]> {
    return newestOf(await this.getCorporateActionVersions(query, options)).filter(({ withdrawn }) => !withdrawn);
  }

  async getCorporateActionVersions(
    { symbol, source, kind, from = '', to = '9999', asOf = Number.POSITIVE_INFINITY }: CorporateActionQuery,
    options?: StoreOptions,
  ): Promise<StoredCorporateAction[]> {
    this.#begin(options);
    return [...this.#lists.values()]
      .flat()
      .filter((action) => action.symbol === symbol && action.source === source)
      .filter((action) => kind === undefined || action.kind === kind)
      .filter(({ exDate, ingestedAt }) => exDate >= from && exDate <= to && ingestedAt <= asOf)
      .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
      .map((action) => ({ ...action }));
  }

  async insertRejectedActions(
    { symbol, source, kind }: CorporateActionList,
    rows: readonly RejectedCorporateAction[],
    identity: BatchIdentity,
    options?: StoreOptions,
  ): Promise<void> {
    this.#begin(options);
    for (const row of rows) {
      const key = JSON.stringify([symbol, source, kind, Object.entries(row.values).sort(), row.brokenRules]);
      if (this.#rejected.has(key)) continue;
      const { acceptedAt: rejectedAt, batchId } = identity;
      this.#rejected.set(key, structuredClone({ symbol, source, kind, ...row, rejectedAt, batchId }));
    }
  }

  async getRejectedActions(
    query?: { readonly symbol?: string | undefined },
    options?: StoreOptions,
  ): Promise<StoredRejectedAction[]> {
    this.#begin(options);
    return [...this.#rejected.values()]
      .filter(({ symbol }) => query?.symbol === undefined || symbol === query.symbol)
      .sort((a, b) => a.rejectedAt - b.rejectedAt)
      .map((row) => structuredClone(row));
  }

  #begin(options: StoreOptions | undefined): void {
    options?.signal?.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** The newest version of each action, in the order of their days. */
function newestOf(versions: readonly StoredCorporateAction[]): StoredCorporateAction[] {
  const newest = new Map<string, StoredCorporateAction>();
  for (const version of versions) newest.set(`${version.exDate} ${version.kind} ${version.place}`, version);
  return [...newest.values()].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function orderOf({ exDate, kind, place, ingestedAt }: StoredCorporateAction): string {
  return [exDate, kind, String(place).padStart(5, '0'), String(ingestedAt).padStart(16, '0')].join(' ');
}

function withoutAbsent<T extends object>(action: T): T {
  return Object.fromEntries(Object.entries(action).filter(([, value]) => value !== undefined)) as T;
}

function keyOf({ symbol, source, kind }: CorporateActionList): string {
  return `${symbol} ${source} ${kind}`;
}

function notStorable(): ServiceError {
  return new ServiceError({
    kind: 'database',
    reason: 'valueNotStorable',
    retryable: false,
    message: 'the fake store cannot keep a value exactly: reject its row before',
  });
}
