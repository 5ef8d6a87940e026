/** A 32-bit fingerprint of a text, the same on every machine. */
export function hashText(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return mix(state);
}

/** A pseudo-random number in [0, 1) that depends only on the stream and the index. */
export function unit(stream: number, index: number): number {
  return mix(stream ^ Math.imul(index, 0x9e3779b1)) / 4_294_967_296;
}

function mix(value: number): number {
  let state = value;
  state = Math.imul(state ^ (state >>> 16), 0x7feb352d);
  state = Math.imul(state ^ (state >>> 15), 0x846ca68b);
  return (state ^ (state >>> 16)) >>> 0;
}
