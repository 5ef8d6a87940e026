import { unit } from './hash.ts';

/** One layer of noise: how long its waves are, and how high. */
export interface Octave {
  readonly period: number;
  readonly amplitude: number;
}

/**
 * Smooth noise at a point: a pure function of the stream and the position.
 *
 * Its size never exceeds the sum of the amplitudes, so a path built on it cannot drift away.
 */
export function valueNoise(stream: number, position: number, octaves: readonly Octave[]): number {
  let sum = 0;
  for (const [layer, { period, amplitude }] of octaves.entries()) {
    const scaled = position / period;
    const left = Math.floor(scaled);
    const part = scaled - left;
    const layerStream = stream + layer * 0x51ed;
    const from = unit(layerStream, left);
    const to = unit(layerStream, left + 1);
    const eased = part * part * (3 - 2 * part);
    sum += amplitude * (2 * (from + (to - from) * eased) - 1);
  }
  return sum;
}
