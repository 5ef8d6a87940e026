import type { Clock, ComponentHealth, MonitoringProvider } from '@quantumtrade/core-traits';
import { isServiceError, ServiceError } from '@quantumtrade/core-traits';
import { CallHistory } from './call-history.ts';
import type { VendorInstruments } from './instruments.ts';
import { providerInstruments, type VendorEndpoint } from './provider-instruments.ts';
import type { Vendor } from './vendor.ts';
import { isVendorReason, type VendorReason } from './vendor-reason.ts';

export interface VendorCallsDependencies {
  readonly vendor: Vendor;
  readonly instruments: VendorInstruments;
  readonly clock: Clock;
  readonly monitoring?: MonitoringProvider | undefined;
}

/** What is remembered and measured of the requests to one vendor. */
export class VendorCalls {
  readonly #vendor: Vendor;
  readonly #clock: Clock;
  readonly #monitoring: MonitoringProvider | undefined;
  readonly #instruments: VendorInstruments;
  readonly #history: CallHistory;

  constructor({ vendor, instruments, clock, monitoring }: VendorCallsDependencies) {
    this.#vendor = vendor;
    this.#clock = clock;
    this.#monitoring = monitoring;
    this.#instruments = instruments;
    this.#history = new CallHistory(vendor.id);
  }

  /**
   * Makes one request and takes note of how it ended. An abort by the caller says nothing about the vendor and is not
   * noted. `clean` removes secrets from the text of an error that is not ours, which may hold the request; `endpoint` is
   * what the request is for, bars when not given.
   *
   * @throws ServiceError always, save for the signal's reason.
   */
  async measured<T>(
    call: () => Promise<T>,
    {
      signal,
      clean,
      endpoint = 'bars',
    }: {
      readonly signal: AbortSignal | undefined;
      readonly clean: (text: string) => string;
      readonly endpoint?: VendorEndpoint;
    },
  ): Promise<T> {
    const started = this.#clock.monotonic();
    try {
      const result = await call();
      this.#record(started, endpoint, undefined);
      return result;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const failure = isServiceError(error) ? error : this.#unexpected(error, clean);
      this.#record(started, endpoint, failure);
      throw failure;
    }
  }

  /** How the vendor did in the last calls. */
  health(implementation: string): ComponentHealth {
    return this.#history.health(this.#clock.now(), implementation);
  }

  #record(started: number, endpoint: VendorEndpoint, failure: ServiceError | undefined): void {
    const latencyMs = this.#clock.monotonic() - started;
    const reason = failure && vendorReasonOf(failure);
    this.#history.record({ at: this.#clock.now(), latencyMs, reason });
    const provider = this.#vendor.id;
    this.#monitoring?.recordTiming(this.#instruments.duration, latencyMs);
    this.#monitoring?.recordTiming(providerInstruments.latency, latencyMs, { provider });
    if (reason === undefined) return;
    this.#monitoring?.recordCounter(this.#instruments.errors, 1, { reason });
    this.#monitoring?.recordCounter(providerInstruments.errors, 1, { provider, endpoint, code: reason });
  }

  #unexpected(error: unknown, clean: (text: string) => string): ServiceError {
    const text = error instanceof Error ? error.message : String(error);
    return new ServiceError({
      kind: 'externalApi',
      api: this.#vendor.id,
      reason: 'unknown',
      retryable: false,
      message: `the request to ${this.#vendor.name} failed in an unexpected way: ${clean(text)}`,
    });
  }
}

/** The reason of an error of a collector or its transport, as far as it has one. */
function vendorReasonOf(error: ServiceError): VendorReason {
  return isVendorReason(error.reason) ? error.reason : 'unknown';
}
