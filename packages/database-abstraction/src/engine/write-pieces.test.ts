import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePieces } from './write-pieces.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pieces-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('a file in pieces', () => {
  it.each([
    ['small', 10],
    ['large', 3_000_000],
  ])('has all of them in their order: %s', async (name, size) => {
    const path = join(directory, name);
    const pieces = [1, 2, 3].map((value) => new Uint8Array(size).fill(value));
    await writePieces(path, pieces);
    expect((await readFile(path)).equals(Buffer.concat(pieces))).toBe(true);
  });

  it('is never written over another one', async () => {
    const path = join(directory, 'there');
    await writePieces(path, [Uint8Array.of(1)]);
    await expect(writePieces(path, [Uint8Array.of(2)])).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(writePieces(path, [new Uint8Array(5_000_000)])).rejects.toMatchObject({ code: 'EEXIST' });
  });
});
