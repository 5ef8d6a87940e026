import { isServiceError, type MonitoringProvider, type ServiceError } from '@quantumtrade/core-traits';
import type { Vendor } from '../collectors/shared/vendor.ts';
import { quotaInstruments as instruments } from './instruments.ts';
import type { AcquireOptions, Quota, QuotaUsage } from './quota.ts';

export interface MeasuredQuotaDependencies {
  readonly quota: Required<Quota>;
  readonly vendor: Vendor;
  readonly monitoring: MonitoringProvider;
}

/** A quota that counts the requests it holds back, and says what is used and left whenever metrics are read. */
export class MeasuredQuota implements Quota {
  readonly #quota: Required<Quota>;
  readonly #vendor: Vendor;
  readonly #monitoring: MonitoringProvider;
  #endReading: (() => void) | undefined;

  constructor({ quota, vendor, monitoring }: MeasuredQuotaDependencies) {
    this.#quota = quota;
    this.#vendor = vendor;
    this.#monitoring = monitoring;
    this.#beginReading();
  }

  async acquire(options?: AcquireOptions): Promise<void> {
    this.#beginReading();
    try {
      await this.#quota.acquire(options);
    } catch (error) {
      if (isServiceError(error) && error.kind === 'rateLimit') {
        const labels = { provider: this.#vendor.id, reason: error.reason ?? 'pacing' };
        this.#monitoring.recordCounter(instruments.heldBack, 1, labels);
      }
      throw error;
    }
  }

  refused(error: ServiceError): void {
    this.#quota.refused(error);
  }

  async usage(): Promise<QuotaUsage> {
    return await this.#quota.usage();
  }

  async close(): Promise<void> {
    this.#endReading?.();
    this.#endReading = undefined;
    await this.#quota.close();
  }

  #beginReading(): void {
    this.#endReading ??= this.#monitoring.onReading?.(() => this.#measure());
  }

  async #measure(): Promise<void> {
    const provider = this.#vendor.id;
    const { windows, hold } = await this.#quota.usage();
    for (const { reason, limit, used, left } of windows) {
      const labels = { provider, window: reason };
      this.#monitoring.recordMetric(instruments.limit, limit, labels);
      this.#monitoring.recordMetric(instruments.used, used, labels);
      this.#monitoring.recordMetric(instruments.left, left, labels);
    }
    this.#monitoring.recordMetric(instruments.hold, (hold?.forMs ?? 0) / 1000, { provider });
  }
}
