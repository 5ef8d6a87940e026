import { describe, expect, it } from 'vitest';
import { failureOf, settled, using } from './suite.ts';

describe('using', () => {
  it('releases what was made, also when the work fails', async () => {
    let released = 0;
    const create = async () => ({
      subject: 7,
      dispose: async () => {
        released += 1;
      },
    });
    expect(await using(create(), ({ subject }) => subject + 1)).toBe(8);
    const failure = new Error('wrong');
    expect(await failureOf(() => using(create(), () => Promise.reject(failure)))).toBe(failure);
    expect(released).toBe(2);
  });

  it('gives no way to move time where there is none', async () => {
    expect(await using(Promise.resolve({ subject: 7 }), ({ advance }) => advance)).toBeUndefined();
  });
});

describe('settled', () => {
  it('gives what the promise gives, also its failure', async () => {
    expect(await settled(Promise.resolve('answer'), 'an answer')).toBe('answer');
    await expect(settled(Promise.reject(new Error('wrong')), 'an answer')).rejects.toThrow('wrong');
  });

  it('fails instead of waiting for ever, and says for what', async () => {
    await expect(settled(new Promise(() => {}), 'an answer')).rejects.toThrow('still waiting for an answer');
  });
});

describe('failureOf', () => {
  it('tells undefined that was thrown from nothing that was thrown', async () => {
    expect(await failureOf(() => undefined)).toBeUndefined();
    expect(await failureOf(() => Promise.reject(undefined))).toBeInstanceOf(Error);
  });
});
