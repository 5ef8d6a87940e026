import { randomUUID } from 'node:crypto';
import type { BatchIdentity, Series } from '@quantumtrade/shared-types';

/** A symbol that no other test and no earlier run has used. */
function freshSymbol(): string {
  return `T${randomUUID().replaceAll('-', '').slice(0, 20)}`.toUpperCase();
}

/** A raw daily series of a fresh symbol. */
export function freshSeries(): Series {
  return { symbol: freshSymbol(), interval: 'daily', source: 'suite', adjustment: 'raw' };
}

let accepted = Date.UTC(2024, 5, 1);

/** The identity of one more batch, accepted a second after the one before. */
export function nextIdentity(): BatchIdentity {
  accepted += 1000;
  return { batchId: randomUUID(), acceptedAt: accepted };
}
