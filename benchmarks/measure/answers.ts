import type { Payload } from './payload.ts';

/**
 * Answers by symbol, in place of a network. They lie where those before lay: new ones for each round would be garbage that
 * the next rounds have to collect, and the making of an answer is not what is measured.
 */
export class AnswersInMemory {
  #bodies: Map<string, Uint8Array> = new Map();

  /** Makes the answers of some symbols, in place of those before. */
  fill(payload: Payload, symbols: readonly string[]): void {
    const before = [...this.#bodies.values()];
    this.#bodies = new Map(symbols.map((symbol, at) => [symbol, payload.bodyInto(before[at], symbol)]));
  }

  bodyOf(symbol: string): Uint8Array {
    const body = this.#bodies.get(symbol);
    if (body === undefined) throw new Error(`no answer was made for ${symbol}`);
    return body;
  }
}
