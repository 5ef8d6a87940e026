import { randomUUID } from 'node:crypto';
import { type Clock, isServiceError, type MonitoringProvider, ServiceError } from '@quantumtrade/core-traits';
import type { DatabaseManager } from '@quantumtrade/database-abstraction';
import {
  type BatchIdentity,
  type CollectionPriority,
  type CorporateActionKind,
  type CorporateActionRequest,
  type CorporateActionsResult,
  corporateActionKinds,
  type MarketDataCollector,
  parseSymbol,
  requireActionsOffered,
} from '@quantumtrade/shared-types';
import { actionInstruments as instruments } from '../instruments.ts';
import { type JudgedActions, judgeActions } from '../processors/corporate-actions.ts';
import type { Attempts, Step } from './attempts.ts';
import { Deadline } from './deadline.ts';

/** How to collect corporate actions, beside symbol and kind. */
export interface ActionOptions {
  /** Who goes first where requests wait for the vendor's quota. @default 'default' */
  readonly priority?: CollectionPriority | undefined;
  /** Ends the collection; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface ActionCollectionDependencies {
  readonly collector: MarketDataCollector;
  readonly databaseManager: Pick<DatabaseManager, 'corporateActions'>;
  readonly attempts: Attempts;
  readonly clock: Clock;
  readonly monitoring: MonitoringProvider;
  /** How long one collection may take, waits included, in milliseconds. */
  readonly deadlineMs: number;
}

/** Collects one list of dividends or splits, and stores or reports it: an answer that cannot be stored is an error. */
export class ActionCollection {
  readonly #dependencies: ActionCollectionDependencies;

  constructor(dependencies: ActionCollectionDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Checks a request before anything is sent.
   *
   * @throws ServiceError of kind `configuration`: `invalidSymbol`, `invalidActionKind`, `notOffered`.
   */
  parse(symbol: string, kind: string): CorporateActionRequest {
    const request = { symbol: parseSymbol(symbol), kind: parseActionKind(kind) };
    const { collector } = this.#dependencies;
    const { capabilities, source } = collector;
    if (capabilities !== undefined) requireActionsOffered(capabilities, source, request);
    if (collector.fetchCorporateActions !== undefined) return request;
    throw new ServiceError({
      kind: 'configuration',
      reason: 'notOffered',
      message: `${source} has no dividends or splits: use another source`,
    });
  }

  /** @throws ServiceError of any kind, with a reason; the reason of the signal when the caller gave up. */
  async run(request: CorporateActionRequest, options: ActionOptions): Promise<CorporateActionsResult> {
    const { clock, monitoring, deadlineMs } = this.#dependencies;
    const labels = { action: request.kind };
    const deadline = new Deadline({ clock, milliseconds: deadlineMs, signal: options.signal });
    monitoring.recordCounter(instruments.attempts, 1, labels);
    try {
      return await this.#collect(request, deadline, options);
    } catch (error) {
      // A caller that gave up is no failure of the collection.
      options.signal?.throwIfAborted();
      const kind = isServiceError(error) ? error.kind : 'system';
      monitoring.recordCounter(instruments.failures, 1, { ...labels, kind });
      throw error;
    } finally {
      deadline.finish();
    }
  }

  async #collect(
    request: CorporateActionRequest,
    deadline: Deadline,
    { priority }: ActionOptions,
  ): Promise<CorporateActionsResult> {
    const { clock, collector, monitoring } = this.#dependencies;
    const identity = { batchId: randomUUID(), acceptedAt: clock.now() };
    const metadata = { symbol: request.symbol, kind: request.kind, batchId: identity.batchId };
    const { signal } = deadline;
    const raw = await this.#step(deadline, {
      operation: 'fetch',
      metadata,
      run: async () =>
        await collector.fetchCorporateActions?.(request, { signal, patienceMs: deadline.remainingMs, priority }),
    });
    const judged = judgeActions({ ...request, source: collector.source, rows: raw?.rows ?? [] });
    const stored = await this.#step(deadline, {
      operation: 'store',
      metadata,
      run: () => this.#store(request, judged, identity, signal),
    });
    const labels = { action: request.kind };
    const quarantined = judged.rejected.length;
    const collectedCount = raw?.rows.length ?? 0;
    monitoring.recordCounter(instruments.collected, collectedCount, labels);
    monitoring.recordCounter(instruments.stored, stored.stored, labels);
    monitoring.recordCounter(instruments.withdrawn, stored.withdrawn, labels);
    monitoring.recordCounter(instruments.quarantined, quarantined, labels);
    const source = collector.source;
    const nothing = {
      code: 'noActions',
      message: `${source} names no ${request.kind}s of ${request.symbol}: there were none, or it does not know the symbol`,
    };
    return {
      ...request,
      source,
      collectedCount,
      ...stored,
      duplicates: judged.duplicates,
      quarantined,
      collectionTime: identity.acceptedAt,
      batchId: identity.batchId,
      warnings: collectedCount === 0 ? [nothing] : [],
    };
  }

  async #store(
    request: CorporateActionRequest,
    { accepted, rejected }: JudgedActions,
    identity: BatchIdentity,
    signal: AbortSignal,
  ) {
    const { collector, databaseManager } = this.#dependencies;
    const { corporateActions } = databaseManager;
    const list = { ...request, source: collector.source };
    await corporateActions.insertRejectedActions(list, rejected, identity, { signal });
    const batch = { ...list, actions: accepted, complete: rejected.length === 0 };
    return await corporateActions.insertCorporateActions(batch, identity, { signal });
  }

  /** Nothing takes the place of an answer that could not be had or stored: asking again gives all of it. */
  async #step<T>(deadline: Deadline, step: Step<T>): Promise<T> {
    const outcome = await this.#dependencies.attempts.run(step, deadline);
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }
}

/** @throws ServiceError of kind `configuration`, reason `invalidActionKind`. */
export function parseActionKind(kind: string): CorporateActionKind {
  const known = corporateActionKinds.find((name) => name === kind);
  if (known !== undefined) return known;
  throw new ServiceError({
    kind: 'configuration',
    reason: 'invalidActionKind',
    message: `${JSON.stringify(kind.slice(0, 40))} is no kind of corporate action: use ${corporateActionKinds.join(' or ')}`,
  });
}
