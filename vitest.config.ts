import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const conditions = ['@quantumtrade/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,services,examples}/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.ts'],
    reporters: ['default', './scripts/summary-reporter.ts'],
    // chDB crashes in worker threads.
    pool: 'forks',
    // Vitest leaves one core to itself, which is half of the usual two; most files wait for an engine or a child process.
    maxWorkers: Math.min(Math.max(2, availableParallelism()), 4),
  },
});
