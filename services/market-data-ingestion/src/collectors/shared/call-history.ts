import type { ComponentHealth } from '@quantumtrade/core-traits';
import type { VendorReason } from './vendor-reason.ts';

/** How one call to the vendor ended. */
export interface CallOutcome {
  /** When it ended: milliseconds since the Unix epoch (UTC). */
  readonly at: number;
  readonly latencyMs: number;
  /** Why it gave no bars; `undefined` when it did. */
  readonly reason?: VendorReason | undefined;
}

/** Failures that say something about the request or the plan and nothing bad about the vendor. */
const requestSide: ReadonlySet<VendorReason> = new Set([
  'unknownRequest',
  'noData',
  'premiumEndpoint',
  'premiumParameter',
  'artificialSample',
]);

const remembered = 60;

/** The last 60 calls, and what they say about the vendor. */
export class CallHistory {
  readonly #vendor: string;
  readonly #outcomes: CallOutcome[] = [];

  /** `vendor` is the component's id in health. */
  constructor(vendor: string) {
    this.#vendor = vendor;
  }

  record(outcome: CallOutcome): void {
    this.#outcomes.push(outcome);
    if (this.#outcomes.length > remembered) this.#outcomes.shift();
  }

  /** The calls that are remembered, oldest first. */
  get outcomes(): readonly CallOutcome[] {
    return this.#outcomes;
  }

  /**
   * Healthy before the first call and after one that the vendor served; unhealthy when the key was refused or the last
   * 5 calls failed; degraded in between. `now` is when the question is asked.
   */
  health(now: number, implementation: string): ComponentHealth {
    const last = this.#outcomes.at(-1);
    const component = { name: this.#vendor, implementation };
    if (last === undefined) {
      return { ...component, status: 'healthy', message: 'no call yet', lastCheck: now, responseTimeMs: 0 };
    }
    const recent = this.#outcomes.slice(-10);
    const failed = recent.filter(isVendorFailure).length;
    const lastFive = this.#outcomes.slice(-5);
    const seen = { ...component, lastCheck: last.at, responseTimeMs: last.latencyMs };
    if (!isVendorFailure(last)) {
      const message = failed === 0 ? '' : `answering again; ${failed} of the last ${recent.length} calls failed`;
      return { ...seen, status: 'healthy', message };
    }
    if (last.reason === 'authentication') {
      return { ...seen, status: 'unhealthy', message: 'the API key was refused; set a valid one' };
    }
    const message = `${failed} of the last ${recent.length} calls failed, the last one by ${last.reason}`;
    const down = lastFive.length === 5 && lastFive.every(isVendorFailure);
    return { ...seen, status: down ? 'unhealthy' : 'degraded', message };
  }
}

function isVendorFailure({ reason }: CallOutcome): boolean {
  return reason !== undefined && !requestSide.has(reason);
}
