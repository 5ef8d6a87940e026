import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';

/** Microseconds between two looks at the stack. */
const interval = 200;

/** The part of a profile in which the work went on: microseconds of the profile's own clock. */
export interface CpuProfile {
  readonly profile: Profiler.Profile;
  readonly from: number;
  readonly to: number;
}

/** What the main thread did while the work went on. */
export async function cpuProfileOf(work: () => Promise<unknown>): Promise<CpuProfile> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval });
    await session.post('Profiler.start');
    // The monotonic clock of the system is what the profiler goes by, too.
    const now = (): number => Number(process.hrtime.bigint() / 1000n);
    const from = now();
    await work();
    const to = now();
    const { profile } = await session.post('Profiler.stop');
    return { profile, from, to };
  } finally {
    session.disconnect();
  }
}

/** A function on the stack. */
export interface Frame {
  readonly functionName: string;
  readonly url: string;
}

/**
 * Milliseconds of a profile by what they were spent on. A function that `labelOf` does not know counts for the one that
 * called it, and one that nobody known called for `unknown`.
 */
export function timeByLabel<Label extends string>(
  { profile, from, to }: CpuProfile,
  labelOf: (frame: Frame) => Label | undefined,
  unknown: Label,
): Map<Label, number> {
  const callers = new Map<number, number>();
  for (const { id, children = [] } of profile.nodes) for (const child of children) callers.set(child, id);
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const labels = new Map<number, Label>();
  const labelOfNode = (node: number): Label => {
    let label = labels.get(node);
    if (label === undefined) {
      const frame = frames.get(node);
      const caller = callers.get(node);
      label = (frame && labelOf(frame)) ?? (caller === undefined ? unknown : labelOfNode(caller));
      labels.set(node, label);
    }
    return label;
  };
  const times = new Map<Label, number>();
  const { samples = [], timeDeltas = [], startTime, endTime } = profile;
  let at = startTime;
  for (const [i, node] of samples.entries()) {
    at += timeDeltas[i] ?? 0;
    // What is on the stack now is taken to stay there until the next look.
    const until = i + 1 < samples.length ? at + (timeDeltas[i + 1] ?? 0) : endTime;
    const lasted = Math.min(until, to) - Math.max(at, from);
    if (lasted <= 0) continue;
    const label = labelOfNode(node);
    times.set(label, (times.get(label) ?? 0) + lasted / 1000);
  }
  return times;
}
