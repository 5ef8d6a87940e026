import type { ParsedRequest } from './parameters.ts';
import type { Refusal } from './refusal.ts';
import { completeResponse } from './responses.ts';
import type { AnswerMatch, SandboxResponse } from './sandbox-types.ts';

/** What a test has told the sandbox to do. */
export interface SandboxScript {
  refuseNext(refusal: Refusal, times: number): void;
  refuse(symbol: string, refusal: Refusal | undefined): void;
  answer(match: AnswerMatch, response: Partial<SandboxResponse>): void;
  /** The refusal this request uses up, if any is queued. */
  takeNext(): Refusal | undefined;
  refusalOf(symbol: string): Refusal | undefined;
  answerTo(request: ParsedRequest): SandboxResponse | undefined;
  clear(): void;
}

/** An empty script. */
export function createScript(): SandboxScript {
  let queue: { refusal: Refusal; left: number }[] = [];
  const refused = new Map<string, Refusal>();
  let answers: { match: AnswerMatch; response: SandboxResponse }[] = [];
  return {
    refuseNext: (refusal, times) => {
      if (!(Number.isSafeInteger(times) && times > 0)) {
        throw new RangeError(`refuseNext needs a positive integer of times; it got ${times}.`);
      }
      queue.push({ refusal, left: times });
    },
    refuse: (symbol, refusal) => {
      if (refusal === undefined) {
        refused.delete(symbol.toUpperCase());
      } else {
        refused.set(symbol.toUpperCase(), refusal);
      }
    },
    answer: (match, response) => {
      answers.unshift({ match: { ...match }, response: completeResponse(response) });
    },
    takeNext: () => {
      const first = queue[0];
      if (first === undefined) {
        return undefined;
      }
      first.left -= 1;
      if (first.left === 0) {
        queue.shift();
      }
      return first.refusal;
    },
    refusalOf: (symbol) => refused.get(symbol.toUpperCase()),
    answerTo: (request) => answers.find(({ match }) => matches(match, request))?.response,
    clear: () => {
      queue = [];
      refused.clear();
      answers = [];
    },
  };
}

function matches(match: AnswerMatch, request: ParsedRequest): boolean {
  return (
    (match.function === undefined || match.function === request.function) &&
    (match.symbol === undefined || match.symbol.toUpperCase() === request.symbol.toUpperCase()) &&
    (match.interval === undefined || match.interval === request.params.interval)
  );
}
