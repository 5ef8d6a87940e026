import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const conditions = ['@quantumtrade/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      '{packages,services,examples}/*/{src,test}/**/*.test.ts',
      'scripts/**/*.test.ts',
      'benchmarks/{measure,suite}/**/*.test.ts',
    ],
    reporters: ['default', './scripts/summary-reporter.ts'],
    // chDB crashes in worker threads.
    pool: 'forks',
    // Child processes compile the same sources: what one has compiled spares the others half of their start.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)) },
    // Vitest leaves one core to itself, which is half of the usual two; most files wait for an engine or a child process.
    maxWorkers: Math.min(Math.max(2, availableParallelism()), 4),
  },
});
