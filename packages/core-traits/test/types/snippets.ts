/** Code that must compile, or must fail to: on each line that ends in `// refused`, and on no other. */
export interface Snippet {
  /** What it shows, as the end of the sentence "the compiler …". */
  readonly about: string;
  readonly code: string;
}

const imports = `import { createToken, ServiceError, tokens } from '@quantumtrade/core-traits';
import type {
  Cache,
  Clock,
  ConfigurationProvider,
  ConfigurationSection,
  ErrorDecision,
  ServiceErrorJson,
  Token,
} from '@quantumtrade/core-traits';
import { bind, resolve, systemClock } from '@quantumtrade/core-defaults';

declare const container: Parameters<typeof bind>[0];
declare const cache: Cache;
`;

function snippet(about: string, code: string): Snippet {
  return { about, code: `${imports}${code}` };
}

export const snippets: readonly Snippet[] = [
  snippet(
    'takes the contract’s own type for its token, and gives it back',
    `
bind(container, tokens.Clock, () => systemClock);
bind(container, tokens.Cache, (inner) => {
  resolve(inner, tokens.Clock).now();
  return cache;
});
const clock: Clock = resolve(container, tokens.Clock);
const token: Token<Clock> = tokens.Clock;
const key: symbol = token;
new Map<symbol, unknown>([[tokens.Clock, clock]]).get(key);
`,
  ),
  snippet(
    'takes an implementation that can do more than its contract',
    `
class Stopwatch implements Clock {
  readonly laps: number[] = [];
  now = (): number => 0;
  monotonic = (): number => 0;
  random = (): number => 0;
  sleep = async (): Promise<void> => {};
}
bind(container, tokens.Clock, () => new Stopwatch());
bind(container, createToken<Clock>('test/Clock'), () => new Stopwatch());
`,
  ),
  snippet(
    'refuses another contract’s implementation',
    `
bind(container, tokens.Cache, () => systemClock); // refused
bind(container, tokens.Clock, () => cache); // refused
`,
  ),
  snippet(
    'refuses half an implementation',
    `
bind(container, tokens.Clock, () => ({ now: () => 0 })); // refused
`,
  ),
  snippet(
    'refuses a factory that is late',
    `
bind(container, tokens.Clock, async () => systemClock); // refused
`,
  ),
  snippet(
    'refuses a factory that may give nothing',
    `
bind(container, tokens.Clock, () => (Math.random() > 1 ? undefined : systemClock)); // refused
`,
  ),
  snippet(
    'refuses a value in the place of a factory',
    `
bind(container, tokens.Clock, systemClock); // refused
`,
  ),
  snippet(
    'refuses to take what was resolved for something else',
    `
const wrong: Cache = resolve(container, tokens.Clock); // refused
resolve(container, tokens.Clock).cacheGet('key'); // refused
`,
  ),
  snippet(
    'keeps a token to its type: neither a wider nor a narrower one will do',
    `
interface Stopwatch extends Clock {
  lap(): number;
}
const narrow = createToken<Stopwatch>('test/Stopwatch');
const asWider: Token<Clock> = narrow; // refused
const asNarrower: Token<Stopwatch> = tokens.Clock; // refused
const asOther: Token<Cache> = tokens.Clock; // refused
`,
  ),
  snippet(
    'wants the fields of each kind of error, and no others',
    `
new ServiceError({ kind: 'database', message: 'm' });
new ServiceError({ kind: 'externalApi', message: 'm' }); // refused
new ServiceError({ kind: 'rateLimit', message: 'm', retryAfterMs: 1 }); // refused
new ServiceError({ kind: 'dataQuality', message: 'm', qualityScore: 'low' }); // refused
new ServiceError({ kind: 'database', message: 'm', statusCode: 500 }); // refused
new ServiceError({ kind: 'quantum', message: 'm' }); // refused
const version: 1 = new ServiceError({ kind: 'system', message: 'm' }).toJSON().schemaVersion;
const json: ServiceErrorJson['kind'] = 'quantum'; // refused
`,
  ),
  snippet(
    'knows the fields of each decision',
    `
declare const decision: ErrorDecision;
if (decision.action === 'retry') decision.delayMs.toFixed();
decision.delayMs; // refused
const retry: ErrorDecision = { action: 'retry', delayMs: 1 }; // refused
const invented: ErrorDecision = { action: 'panic' }; // refused
`,
  ),
  snippet(
    'gives a section the type of its schema',
    `
declare const configuration: ConfigurationProvider;
declare const section: ConfigurationSection<{ readonly days: number }>;
const days: number = configuration.getConfigSection(section).days;
const text: string = configuration.getConfigSection(section).days; // refused
const secret: string | undefined = configuration.getSecret('key'); // refused
`,
  ),
];
