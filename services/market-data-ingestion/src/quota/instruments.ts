import type { Instrument } from '@quantumtrade/core-traits';
import { providers } from '../collectors/providers.ts';
import type { VendorReason } from '../collectors/shared/vendor-reason.ts';
import type { LimitReason } from './quota.ts';

const windows: readonly LimitReason[] = ['pacing', 'minuteQuota', 'dailyQuota'];
const provider = providers;

/** Refusals that hold for the key and not for the moment: what they refused is not asked again. */
export const lastingRefusals: readonly VendorReason[] = ['premiumEndpoint', 'premiumParameter', 'artificialSample'];

/** What is measured of the limits of vendors' keys. */
export const quotaInstruments: Readonly<Record<'limit' | 'used' | 'left' | 'hold' | 'heldBack', Instrument>> = {
  limit: gauge('provider_quota_limit', 'Requests that a sliding window of the key allows.', {
    provider,
    window: windows,
  }),
  used: gauge('provider_quota_used', 'Requests that are in the window, as far as this side knows.', {
    provider,
    window: windows,
  }),
  left: gauge('provider_quota_left', 'Requests that the window has room for.', { provider, window: windows }),
  hold: gauge(
    'provider_quota_hold_seconds',
    'How long a refusal of the vendor still holds requests back; 0 for none.',
    {
      provider,
    },
  ),
  heldBack: {
    name: 'provider_requests_held_back_total',
    kind: 'counter',
    help: 'Requests that were not sent: the quota leaves no room for them in time, or the key was refused them before.',
    labels: { provider, reason: [...windows, ...lastingRefusals] },
  },
};

function gauge(name: string, help: string, labels: NonNullable<Instrument['labels']>): Instrument {
  return { name, kind: 'gauge', help, labels };
}
