import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeDirectory } from '../engine/make-directory.ts';

/**
 * Writes a file whole or not at all: under another name in the same directory, flushed to the disk, then renamed. One
 * that is there under the name is replaced in one step.
 *
 * @returns the number of bytes.
 * @throws the error of the file system or of the source; nothing is left behind then.
 */
export async function writeWholeFile(file: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
  await makeDirectory(dirname(file));
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, 'wx');
    let size = 0;
    try {
      for await (const chunk of bytes) {
        await handle.writeFile(chunk);
        size += chunk.length;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    return size;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
