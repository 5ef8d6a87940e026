import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The profiles that take minutes: `pnpm test:long`. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['{packages,services}/*/{src,test}/**/*.long.ts'] },
});
