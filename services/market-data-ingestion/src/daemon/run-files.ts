import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a running daemon leaves in the data directory for others to find: who it is, where, and how to talk to it. */
export interface RunFiles {
  /** `serve.pid` with the process, `serve.address` with the address of its interface, `serve.token` with a token. */
  write(address: string, token: string): Promise<void>;
  /** Takes away what was written. */
  remove(): Promise<void>;
}

/** The names of the files, in the order in which they are written: with the last one the others are there. */
export const runFileNames = { token: 'serve.token', address: 'serve.address', pid: 'serve.pid' } as const;

/** Files of this process in a directory, which is made where needed; only the owner of the process can read them. */
export function createRunFiles(directory: string, pid: number): RunFiles {
  const written = new Set<string>();
  const put = async (name: string, text: string): Promise<void> => {
    const path = join(directory, name);
    // What a killed process left behind may be readable by more people.
    await rm(path, { force: true });
    await writeFile(path, `${text}\n`, { mode: 0o600, flag: 'wx' });
    written.add(path);
  };
  return {
    write: async (address, token) => {
      await mkdir(directory, { recursive: true });
      await put(runFileNames.token, token);
      await put(runFileNames.address, address);
      await put(runFileNames.pid, String(pid));
    },
    remove: async () => {
      for (const path of written) await rm(path, { force: true });
    },
  };
}
