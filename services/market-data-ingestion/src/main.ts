#!/usr/bin/env node
import { run } from './cli/run.ts';

const interruption = new AbortController();
process.once('SIGINT', () => {
  interruption.abort();
  // A second Ctrl-C ends the process at once: the default is back.
});
process.once('SIGTERM', () => interruption.abort());

// A reader that went away (`| head`) is no failure of this program.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await run({
  arguments: process.argv.slice(2),
  environment: process.env,
  streams: { out: process.stdout, error: process.stderr },
  signal: interruption.signal,
});
