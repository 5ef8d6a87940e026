import {
  type ClaimedWork,
  type Clock,
  groupsToForget,
  isTriedAgain,
  type Json,
  leaseExpired,
  type NewWork,
  type NormalizedWork,
  normalizeWork,
  noWork,
  ServiceError,
  type Work,
  type WorkFailure,
  type WorkFilter,
  type WorkProgress,
  type WorkQueue,
  type WorkRetention,
  type WorkRetry,
  type WorkSelection,
  type WorkState,
} from '@quantumtrade/core-traits';
import { VirtualClock } from '../clock/virtual-clock.ts';

export interface FakeWorkQueueOptions {
  /** Decides when leases end and waiting work may begin; a still {@link VirtualClock} when left out. */
  readonly clock?: Pick<Clock, 'now'>;
}

interface Entry extends NormalizedWork {
  state: WorkState;
  attempts: number;
  begins: number;
  checkpoint: Json | undefined;
  failure: WorkFailure | undefined;
  lease: string | undefined;
  leaseUntil: number;
  readonly addedAt: number;
  endedAt: number | undefined;
}

/** A work queue in memory whose time the test moves and whose outages the test makes. */
export class FakeWorkQueue implements WorkQueue {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #entries: Map<string, Entry> = new Map();
  #leases = 0;
  #outage: Error | undefined;

  constructor(options: FakeWorkQueueOptions = {}) {
    this.#clock = options.clock ?? new VirtualClock();
  }

  /** Rejects every call from now on until {@link FakeWorkQueue.recover}; the work stays. */
  failWith(error: Error = unavailable()): void {
    this.#outage = error;
  }

  /** Ends an outage. */
  recover(): void {
    this.#outage = undefined;
  }

  async add(work: readonly NewWork[]): Promise<void> {
    this.#check();
    for (const piece of work.map(normalizeWork)) {
      if (this.#entries.has(piece.id)) continue;
      this.#entries.set(piece.id, {
        ...piece,
        payload: copy(piece.payload),
        state: 'pending',
        attempts: 0,
        begins: piece.notBefore,
        checkpoint: undefined,
        failure: undefined,
        lease: undefined,
        leaseUntil: 0,
        addedAt: this.#clock.now(),
        endedAt: undefined,
      });
    }
  }

  async claim({ leaseMs }: { readonly leaseMs: number }): Promise<ClaimedWork | undefined> {
    this.#check();
    const now = this.#clock.now();
    const abandoned = [...this.#entries.values()].filter((entry) => isHeld(entry) && entry.leaseUntil <= now);
    for (const entry of abandoned) {
      if (entry.attempts < entry.maxAttempts) continue;
      release(entry, 'failed', leaseExpired, now);
    }
    const [next] = [...this.#entries.values()]
      .filter(
        (entry) => (entry.state === 'pending' && entry.begins <= now) || (isHeld(entry) && entry.leaseUntil <= now),
      )
      .sort((a, b) => a.priority - b.priority);
    if (next === undefined) return undefined;
    this.#leases += 1;
    const lease = `lease ${this.#leases}`;
    Object.assign(next, { state: 'inProgress', attempts: next.attempts + 1, lease, leaseUntil: now + leaseMs });
    return { ...toWork(next), state: 'inProgress', lease };
  }

  async progress(work: ClaimedWork, { leaseMs, checkpoint }: WorkProgress): Promise<boolean> {
    return this.#held(work, (entry) => {
      entry.leaseUntil = this.#clock.now() + leaseMs;
      if (checkpoint !== undefined) entry.checkpoint = copy(checkpoint);
    });
  }

  async complete(work: ClaimedWork): Promise<boolean> {
    return this.#held(work, (entry) => release(entry, 'completed', undefined, this.#clock.now()));
  }

  async fail(work: ClaimedWork, retry: WorkRetry): Promise<'retried' | 'dead' | 'lost'> {
    const again = isTriedAgain(work, retry);
    const held = this.#held(work, (entry) => {
      release(entry, again ? 'pending' : 'failed', retry.failure, again ? undefined : this.#clock.now());
      entry.begins = retry.retryAt ?? 0;
    });
    if (!held) return 'lost';
    return again ? 'retried' : 'dead';
  }

  async release(work: ClaimedWork): Promise<boolean> {
    return this.#held(work, (entry) => {
      release(entry, 'pending', entry.failure);
      entry.attempts -= 1;
    });
  }

  async cancel(selection: WorkSelection): Promise<number> {
    const cancelled = this.#selected(selection).filter((entry) => entry.state === 'pending' || isHeld(entry));
    for (const entry of cancelled) release(entry, 'cancelled', entry.failure, this.#clock.now());
    return cancelled.length;
  }

  async get(id: string): Promise<Work | undefined> {
    this.#check();
    const entry = this.#entries.get(id);
    return entry && toWork(entry);
  }

  async list({ group, state, limit = 1_000 }: WorkFilter = {}): Promise<Work[]> {
    return this.#selected(group === undefined ? undefined : { group })
      .filter((entry) => state === undefined || entry.state === state)
      .slice(0, limit)
      .map(toWork);
  }

  async counts(group?: string): Promise<Record<WorkState, number>> {
    const counts = noWork();
    for (const { state } of this.#selected(group === undefined ? undefined : { group })) counts[state] += 1;
    return counts;
  }

  async requeue(selection?: WorkSelection): Promise<number> {
    const dead = this.#dead(selection);
    for (const entry of dead) Object.assign(entry, { state: 'pending', attempts: 0, begins: 0, endedAt: undefined });
    return dead.length;
  }

  async purge(selection?: WorkSelection): Promise<number> {
    const dead = this.#dead(selection);
    for (const { id } of dead) this.#entries.delete(id);
    return dead.length;
  }

  async trim(retention: WorkRetention): Promise<number> {
    const groups = Map.groupBy(this.#selected(undefined), ({ group }) => group);
    const ended = [...groups].flatMap(([group, entries]) =>
      entries.every(({ state }) => state === 'completed' || state === 'cancelled')
        ? [{ group, pieces: entries.length, endedAt: Math.max(...entries.map(({ endedAt = 0 }) => endedAt)) }]
        : [],
    );
    const forgotten = groupsToForget(ended, retention).flatMap((group) => groups.get(group) ?? []);
    for (const { id } of forgotten) this.#entries.delete(id);
    return forgotten.length;
  }

  async close(): Promise<void> {}

  #dead(selection: WorkSelection | undefined): Entry[] {
    return this.#selected(selection).filter(({ state }) => state === 'failed');
  }

  #selected(selection: WorkSelection | undefined): Entry[] {
    this.#check();
    return [...this.#entries.values()].filter((entry) => {
      if (selection === undefined) return true;
      return 'id' in selection ? entry.id === selection.id : entry.group === selection.group;
    });
  }

  #held(work: ClaimedWork, change: (entry: Entry) => void): boolean {
    this.#check();
    const entry = this.#entries.get(work.id);
    if (entry === undefined || !isHeld(entry) || entry.lease !== work.lease) return false;
    change(entry);
    return true;
  }

  #check(): void {
    if (this.#outage !== undefined) throw this.#outage;
  }
}

function isHeld({ state }: Entry): boolean {
  return state === 'inProgress';
}

function release(entry: Entry, state: WorkState, failure: WorkFailure | undefined, now?: number): void {
  Object.assign(entry, { state, failure, lease: undefined, endedAt: now });
}

function toWork(entry: Entry): Work {
  const { id, group, payload, priority, maxAttempts, state, attempts, checkpoint, failure, addedAt, endedAt } = entry;
  return {
    id,
    group,
    payload: copy(payload),
    priority,
    maxAttempts,
    state,
    attempts,
    checkpoint: checkpoint === undefined ? undefined : copy(checkpoint),
    failure,
    addedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

function copy(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function unavailable(): ServiceError {
  return new ServiceError({ kind: 'database', reason: 'unavailable', message: 'the fake work queue was told to fail' });
}
