/**
 * A column in ascending order that finds a place in it at once: the places where each stretch of values begins are known,
 * and a stretch is chosen so that it holds about one value.
 */
export class SortedColumn {
  readonly #values: Float64Array | Int32Array;
  readonly #stretch: number;
  readonly #first: number;
  readonly #starts: Int32Array;

  constructor(values: Float64Array | Int32Array, stretch: number) {
    this.#values = values;
    this.#stretch = stretch;
    this.#first = Math.floor((values[0] ?? 0) / stretch);
    const last = Math.floor((values.at(-1) ?? 0) / stretch);
    this.#starts = new Int32Array(last - this.#first + 1);
    let place = 0;
    for (let index = 0; index < this.#starts.length; index++) {
      while ((values[place] as number) < (this.#first + index) * stretch) place++;
      this.#starts[index] = place;
    }
  }

  /** The place of the first value above another one; past the end when there is none. */
  placeAbove(value: number): number {
    const values = this.#values;
    const stretch = Math.floor(value / this.#stretch) - this.#first;
    if (stretch < 0) return 0;
    if (stretch >= this.#starts.length) return values.length;
    let place = this.#starts[stretch] as number;
    while (place < values.length && (values[place] as number) <= value) place++;
    return place;
  }
}
