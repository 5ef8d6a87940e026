import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

const { projects: _, ...shared } = base.test ?? {};

/** The profiles that take minutes: `pnpm test:long`. */
export default defineConfig({
  ...base,
  test: { ...shared, include: ['{packages,services}/*/{src,test}/**/*.long.ts'] },
});
