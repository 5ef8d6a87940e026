import type { Instrument } from '@quantumtrade/core-traits';
import type { Observation } from './observation.ts';

/** What is wrong with an observation, judged by the instrument's declaration; empty when nothing is. */
export function misuseOf(instrument: Instrument, observation: Observation): string[] {
  const { kind, name, value, labels } = observation;
  const declared = instrument.labels ?? {};
  const found: string[] = [];
  if (instrument.kind !== kind) found.push(`${name} is a ${instrument.kind} and was recorded as a ${kind}`);
  if (!Number.isFinite(value)) found.push(`${name} was given ${value}`);
  else if (value < 0 && kind !== 'gauge') found.push(`${name} is a ${kind} and was given ${value}`);
  for (const [label, given] of Object.entries(labels)) {
    const allowed = Object.hasOwn(declared, label) ? declared[label] : undefined;
    if (allowed === undefined) found.push(`${name} does not declare the label ${label}`);
    else if (!allowed.includes(given))
      found.push(`${name} does not declare the value "${given}" of its label ${label}`);
  }
  for (const label of Object.keys(declared)) {
    if (!Object.hasOwn(labels, label)) found.push(`${name} was recorded without its label ${label}`);
  }
  return found;
}
