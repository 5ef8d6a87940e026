import type { ServiceError } from '@quantumtrade/core-traits';
import type { ItemOutcome } from '../jobs/item-worker.ts';
import { oneLine } from './output.ts';

/** One line about how an attempt at an item ended; nothing where nobody needs to know. */
export function describeAttempt(id: string, outcome: ItemOutcome): string | undefined {
  const name = oneLine(id);
  if (outcome.end === 'completed') {
    return `${name}: ${outcome.calls === 0 && outcome.bars === 0 ? 'nothing was missing' : `${outcome.bars} bars`}`;
  }
  if (outcome.end === 'dead') return `${name}: failed for good, ${reasonOf(outcome.error)}`;
  if (outcome.end === 'retried') return `${name}: failed, tried again later, ${reasonOf(outcome.error)}`;
  if (outcome.end === 'lost') return `${name}: cancelled, or taken over`;
  return undefined;
}

function reasonOf({ kind, reason }: ServiceError): string {
  return `${kind}/${reason ?? 'unknown'}`;
}
