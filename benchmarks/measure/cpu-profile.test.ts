import type { Profiler } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { type Frame, timeByLabel } from './cpu-profile.ts';

const frame = (functionName: string, url: string): Profiler.ProfileNode['callFrame'] => ({
  functionName,
  url,
  scriptId: '0',
  lineNumber: 0,
  columnNumber: 0,
});

/** A library's function called by a parser, the same one called by nobody known, and idleness. */
const profile: Profiler.Profile = {
  nodes: [
    { id: 1, callFrame: frame('(root)', ''), children: [2, 4, 5] },
    { id: 2, callFrame: frame('parse', 'parser.ts'), children: [3] },
    { id: 3, callFrame: frame('concat', 'node:buffer') },
    { id: 4, callFrame: frame('concat', 'node:buffer') },
    { id: 5, callFrame: frame('(idle)', '') },
  ],
  startTime: 0,
  endTime: 10_000,
  samples: [2, 3, 4, 5],
  timeDeltas: [1000, 1000, 2000, 1000],
};

const labelOf = ({ functionName, url }: Frame) =>
  functionName === '(idle)' ? 'waiting' : url === 'parser.ts' ? 'parse' : undefined;

describe('timeByLabel', () => {
  it('counts what a library does for the one that called it', () => {
    const times = timeByLabel({ profile, from: 0, to: 10_000 }, labelOf, 'unknown');
    expect(Object.fromEntries(times)).toEqual({ parse: 3, unknown: 1, waiting: 5 });
  });

  it('leaves out what was before and after the work', () => {
    const times = timeByLabel({ profile, from: 1500, to: 6000 }, labelOf, 'unknown');
    expect(Object.fromEntries(times)).toEqual({ parse: 2.5, unknown: 1, waiting: 1 });
  });
});
