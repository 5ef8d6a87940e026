import { describe, expect, it } from 'vitest';
import { runSuite } from './run-suite.ts';

describe('runSuite', () => {
  it('gives every outcome under its full name', async () => {
    const failure = new Error('wrong');
    const outcomes = await runSuite((functions) => {
      functions.describe('outer', () => {
        functions.it('passes', async () => {});
        functions.describe('inner', () => {
          functions.it('fails', async () => {
            throw failure;
          });
        });
      });
      functions.it('stands alone', async () => {});
    });
    expect(outcomes).toEqual([
      { name: 'outer › passes', failure: undefined },
      { name: 'outer › inner › fails', failure },
      { name: 'stands alone', failure: undefined },
    ]);
  });

  it('counts a test that throws undefined as failed', async () => {
    const [outcome] = await runSuite((functions) => {
      functions.it('throws nothing', () => Promise.reject(undefined));
    });
    expect(outcome?.failure).toBeInstanceOf(Error);
  });
});
