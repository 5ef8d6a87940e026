#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { run } from './cli/run.ts';

// V8 begins to look through the whole heap for every 8 MB or so of buffers beyond a heap as small as ours, which is one
// payload of 10,000 bars: those cost twice the processor time. So the heap may grow to three times what lives in it.
setFlagsFromString('--heap-growing-percent=200');

const interruption = new AbortController();
const interrupt = (): void => {
  // A second signal, whichever it is, ends the process at once: the defaults are back.
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  interruption.abort();
};
process.on('SIGINT', interrupt).on('SIGTERM', interrupt);

// Whoever writes hears about a failed write, and about a reader that went away (`| head`); without a listener the
// failure would end the process with a stack trace.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await run({
  arguments: process.argv.slice(2),
  environment: process.env,
  streams: { out: process.stdout, error: process.stderr },
  signal: interruption.signal,
});

// What still waits after Ctrl-C, such as a lock, is left behind: the data directory bears a sudden end.
if (interruption.signal.aborted) process.exit();
