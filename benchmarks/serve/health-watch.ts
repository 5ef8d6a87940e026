import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** Asks for `/health` four times a second, over connections of its own; `stop` gives how long each answer took. */
export function watchHealth(address: string): { stop(): Promise<readonly number[]> } {
  const took: number[] = [];
  const stopped = new AbortController();
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      const began = performance.now();
      await ask(new URL('/health', address));
      took.push(performance.now() - began);
      await pause(250, undefined, { signal: stopped.signal }).catch(() => {});
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await watching;
      return took;
    },
  };
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
