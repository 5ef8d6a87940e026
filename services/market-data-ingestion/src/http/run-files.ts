import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a running daemon leaves in the data directory for others to find: who it is, where, and how to talk to it. */
export interface RunFiles {
  /** `serve.token`, readable by the owner of the process only. */
  writeToken(token: string): Promise<void>;
  /** `serve.pid` with the process, and `serve.address` with the address of its interface. */
  writePid(address: string): Promise<void>;
  /** Takes away what was written. */
  remove(): Promise<void>;
}

/** Files of this process in a directory, which is made where needed. */
export function createRunFiles(directory: string, pid: number): RunFiles {
  const written = new Set<string>();
  const put = async (name: string, text: string): Promise<void> => {
    const path = join(directory, name);
    await mkdir(directory, { recursive: true });
    // What a killed process left behind may be readable by more people.
    await rm(path, { force: true });
    await writeFile(path, `${text}\n`, { mode: 0o600, flag: 'wx' });
    written.add(path);
  };
  return {
    writeToken: (token) => put('serve.token', token),
    writePid: async (address) => {
      await put('serve.address', address);
      await put('serve.pid', String(pid));
    },
    remove: async () => {
      for (const path of written) await rm(path, { force: true });
    },
  };
}
