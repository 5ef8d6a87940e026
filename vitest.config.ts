import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const conditions = ['@quantumtrade/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    reporters: ['default', './scripts/summary-reporter.ts'],
    // chDB crashes in worker threads.
    pool: 'forks',
    // Child processes compile the same sources: what one has compiled spares the others half of their start.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)) },
    // Vitest leaves one core to itself. Most files wait for an engine or a child process: on two cores three workers take
    // half a minute less than two.
    maxWorkers: Math.min(Math.max(3, availableParallelism()), 4),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{packages,services,examples}/*/src/**/*.test.ts'],
          // They use no engine and leave nothing behind, so files may share a process; that takes half as long.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['{packages,services,examples}/*/test/**/*.test.ts', '{scripts,benchmarks}/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
        },
      },
    ],
  },
});
