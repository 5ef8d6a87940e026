import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const chunkBytes = 1 << 20;

/**
 * Reads a file once: its length and its SHA-256, and a copy flushed to the disk where a target is given.
 *
 * @throws the error of the file system, `EEXIST` where the target is there already.
 */
export async function copyAndHash(
  source: string,
  target?: string,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const from = await open(source, 'r');
  try {
    const to = target === undefined ? undefined : await open(target, 'wx');
    try {
      for await (const chunk of from.createReadStream({ autoClose: false, highWaterMark: chunkBytes })) {
        hash.update(chunk as Buffer);
        bytes += (chunk as Buffer).length;
        await to?.writeFile(chunk as Buffer);
      }
      await to?.sync();
    } finally {
      await to?.close();
    }
  } finally {
    await from.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}
