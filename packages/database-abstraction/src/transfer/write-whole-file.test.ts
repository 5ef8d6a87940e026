import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWholeFile } from './write-whole-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'whole-file-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function* chunks(...texts: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (text instanceof Error) throw text;
    yield Buffer.from(text);
  }
}

describe('writeWholeFile', () => {
  it('writes into folders that it makes, and replaces the file of an earlier run', async () => {
    const file = join(directory, 'a', 'b', 'bars.csv');
    expect(await writeWholeFile(file, chunks('one'))).toBe(3);
    expect(await writeWholeFile(file, chunks('two', ' three'))).toBe(9);
    expect(await readFile(file, 'utf8')).toBe('two three');
    expect(await readdir(join(directory, 'a', 'b'))).toEqual(['bars.csv']);
  });

  it('leaves the earlier file and nothing else when it is interrupted half-way', async () => {
    const file = join(directory, 'bars.csv');
    await writeWholeFile(file, chunks('whole'));
    await expect(writeWholeFile(file, chunks('ha', new Error('cut')))).rejects.toThrow('cut');
    expect(await readFile(file, 'utf8')).toBe('whole');
    expect(await readdir(directory)).toEqual(['bars.csv']);
  });

  it('shows nothing under the name while it is being written', async () => {
    const file = join(directory, 'bars.csv');
    let during: string[] = [];
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      during = await readdir(directory);
      yield Buffer.from('whole');
    }
    await writeWholeFile(file, slow());
    expect(during).toHaveLength(1);
    expect(during[0]).toMatch(/^\.bars\.csv\..*\.tmp$/);
  });
});
