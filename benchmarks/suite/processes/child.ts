import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A program of the suite in a process of its own. */
export interface Child<Message> {
  /** The first thing that it said. */
  readonly ready: Message;
  /** What it says next. */
  next(): Promise<Message>;
  close(): Promise<void>;
}

/**
 * Starts a program and waits for its first message.
 *
 * @param program the file beside this one, without its extension.
 * @throws Error when it ends without a word.
 */
export async function startChild<Message>(program: string, args: readonly string[] = []): Promise<Child<Message>> {
  const child = fork(fileURLToPath(new URL(`./${program}.ts`, import.meta.url)), args, {
    // As the command line runs: see its main.ts.
    execArgv: ['--conditions=@quantumtrade/source', '--heap-growing-percent=200'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const next = async (): Promise<Message> => await messageOf<Message>(child, program);
  return {
    ready: await next(),
    next,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      // Each program ends in order when nobody listens to it any more.
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

async function messageOf<Message>(child: ChildProcess, program: string): Promise<Message> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    const [message] = await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([status]) => {
        throw new Error(`the process "${program}" ended with status ${status} and said nothing`);
      }),
    ]);
    return message as Message;
  } finally {
    waiting.abort();
  }
}
