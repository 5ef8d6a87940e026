import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/**
 * Asks for `/health` ten times a second, over connections of its own; `stop` gives how long each answer took, in
 * milliseconds. On a thread of its own, because what makes the load holds up its own.
 */
export function watchHealth(address: string): { stop(): Promise<readonly number[]> } {
  const worker = new Worker(new URL(import.meta.url), { workerData: address, execArgv: process.execArgv });
  const ended = new Promise<readonly number[]>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });
  return {
    stop: async () => {
      worker.postMessage('stop');
      return await ended;
    },
  };
}

async function watch(address: string): Promise<readonly number[]> {
  const took: number[] = [];
  const stopped = new AbortController();
  parentPort?.once('message', () => stopped.abort());
  while (!stopped.signal.aborted) {
    const began = performance.now();
    await ask(new URL('/health', address));
    took.push(performance.now() - began);
    await pause(100, undefined, { signal: stopped.signal }).catch(() => {});
  }
  return took;
}

async function ask(url: URL): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const sent = request(url, { agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`health is ${response.statusCode}`));
      response.resume().on('end', resolve).on('error', reject);
    });
    sent.on('error', reject).end();
  });
}

if (!isMainThread) parentPort?.postMessage(await watch(workerData as string));
