import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/cli/run.ts';
import { capture } from './capture.ts';

export type Environment = Readonly<Record<string, string>>;

/** What a command line left behind. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. No variable of the process itself is seen. */
export async function marketData(
  words: readonly string[],
  environment: Environment = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Ended> {
  const out = capture();
  const error = capture();
  const status = await run({ arguments: words, environment, streams: { out, error }, signal });
  return { status, stdout: out.text(), stderr: error.text() };
}

/** A command line in a process of its own. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves once standard error holds the text. */
  said(text: string): Promise<void>;
  readonly ended: Promise<Ended & { readonly signal: NodeJS.Signals | null }>;
}

/** Says when Ctrl-C is listened to and when it came, so that no test has to guess; only where a test asks for it. */
const reportSignals = `if (process.env.REPORT_SIGNALS === 'yes') for (const event of ['newListener', 'removeListener'])
  process.on(event, (name) => { if (name === 'SIGINT') setImmediate(() => process.stderr.write('SIGINT ' + event + '\\n')); });`;

/** Every process compiles the same sources: what one has compiled spares the others half of their start. */
const compileCache = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));

export function spawnMarketData(words: readonly string[], environment: Environment = {}): Running {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const preload = `data:text/javascript,${encodeURIComponent(reportSignals)}`;
  const child = spawn(process.execPath, ['--conditions=@quantumtrade/source', '--import', preload, main, ...words], {
    env: { NODE_COMPILE_CACHE: compileCache, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
    child.emit('said');
  });
  return {
    child,
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stderr.includes(text)) resolve();
        };
        child.on('said', look);
        child.on('close', () => reject(new Error(`ended without saying ${JSON.stringify(text)}: ${stderr}`)));
        look();
      }),
    ended: new Promise((resolve) =>
      child.on('close', (status, signal) =>
        resolve({ status, signal, stdout: Buffer.concat(out).toString('utf8'), stderr }),
      ),
    ),
  };
}

/** A directory for one test file; `remove` takes it away with everything in it. */
export async function temporaryDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'market-data-cli-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Lines of a text, without the empty one after the last line end. */
export function lines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
