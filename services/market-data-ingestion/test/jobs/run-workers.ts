import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JournalLine, WorkerPlan } from './worker-plan.ts';

/** Every worker compiles the same sources: what one has compiled spares the others half of their start. */
const compileCache = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));
const script = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** A worker in a process of its own, once it works. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  /** Resolves when it has ended: whether it did so by itself. */
  readonly ended: Promise<boolean>;
}

/** Starts a worker and waits until it works. A worker that fails by itself rejects `ended`. */
export async function startWorker(plan: WorkerPlan): Promise<WorkerProcess> {
  const child = spawn(process.execPath, ['--conditions=@quantumtrade/source', script, JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([status, signal]) => {
    if (status !== 0 && signal !== 'SIGKILL') throw new Error(`a worker failed: ${stderr}`);
    return status === 0;
  });
  // Whoever waits for the first word hears of it.
  await Promise.race([once(child.stdout, 'data'), ended]);
  return { child, ended };
}

/** What workers have written down so far. A line that a kill cut short is none. */
export function readJournal(path: string): JournalLine[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as JournalLine);
}
