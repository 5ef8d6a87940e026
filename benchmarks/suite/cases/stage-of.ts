import type { Frame } from '../../measure/cpu-profile.ts';

/** What the main thread is busy with on the way from a request to stored rows. */
export const stages = [
  'fetch',
  'parse',
  'convert',
  'score and deduplicate',
  'encode',
  'compare',
  'calls of the engine',
  'garbage collection',
  'waiting',
  'all else',
] as const;
export type Stage = (typeof stages)[number];

/** What reads stored bars for the comparison stands in one file with the encoding. */
const comparing = /^decode\w*$/;

/** By path, the first that fits. What a library does counts for the file of ours that called it. */
const places: readonly (readonly [path: RegExp, stage: Stage])[] = [
  [
    /\/collectors\/shared\/http|\/node_modules\/(got|cacheable|http-timer)|^node:(_http|net$|internal\/stream_base)/,
    'fetch',
  ],
  [/\/collectors\//, 'parse'],
  [/\/processors\/(score|rules|deduplicate)/, 'score and deduplicate'],
  [/\/processors\//, 'convert'],
  [/\/clickhouse\/(find-changes|stored-reader|laid-out-decimals)\.ts/, 'compare'],
  [/\/(bar-columns|bars-block|native-format|decimal128|int64|deduplication-token)\.ts|\/encod[\w-]*\.ts/, 'encode'],
  [/\/database-abstraction\/|\/node_modules\/(chdb|@clickhouse)/, 'calls of the engine'],
];

/** The stage that a function belongs to; `undefined` when its caller decides. */
export function stageOf({ functionName, url }: Frame): Stage | undefined {
  if (functionName === '(idle)') return 'waiting';
  if (functionName === '(garbage collector)') return 'garbage collection';
  const stage = places.find(([path]) => path.test(url))?.[1];
  return stage === 'encode' && comparing.test(functionName) ? 'compare' : stage;
}
