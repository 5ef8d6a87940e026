import { describe, expect, it } from 'vitest';
import { FakeCache } from '../cache/fake-cache.ts';
import { cacheSuite } from './cache-suite.ts';
import { runSuite } from './run-suite.ts';

describe('cacheSuite', () => {
  it('releases its subject after each test, also a failed one', async () => {
    let [created, released] = [0, 0];
    const outcomes = await runSuite((functions) => {
      cacheSuite(
        { ...functions, expect },
        {
          async create() {
            created += 1;
            const subject = new FakeCache();
            subject.failWith();
            return {
              subject,
              advance: async () => {},
              dispose: async () => {
                released += 1;
              },
            };
          },
        },
      );
    });
    expect(outcomes.every(({ failure }) => failure !== undefined)).toBe(true);
    expect([created, released]).toEqual([outcomes.length, outcomes.length]);
  });
});
