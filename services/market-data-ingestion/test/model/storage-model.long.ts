import { it } from 'vitest';
import { modelRunsOnEngine } from './model-runs.ts';

it('storage, spool and replay do what the model says, 1,000 times over the engine', {
  timeout: 1_800_000,
}, async () => {
  await modelRunsOnEngine(1000);
});
