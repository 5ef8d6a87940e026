import { parseArgs } from 'node:util';
import { type RouteName, routeNames } from '../routes/route.ts';

/** What can be measured, in the order in which it is. */
export const caseNames = ['10k', '200k', 'compact', 'compact-250', 'reads', 'parse', 'profile', 'memory'] as const;
export type CaseName = (typeof caseNames)[number];

/** What the command line asks for. */
export interface BenchOptions {
  readonly help: boolean;
  /** Few rounds: whether everything works, not how fast. */
  readonly quick: boolean;
  readonly scaling: boolean;
  readonly cases: readonly CaseName[];
  readonly routes: readonly RouteName[];
  /** Whether cases or routes were left out: then there is no whole result to be written. */
  readonly filtered: boolean;
  /** Rows that reads and the scaling over stored rows find in the table, at most. */
  readonly stored: number;
  /** Where results are written. */
  readonly output: string | undefined;
  /** Also puts the figures into the documentation. */
  readonly docs: boolean;
}

/** A command line that asks for something that there is not; the message is one line. */
export class UsageError extends Error {}

const [least, most] = [1000, 100_000_000];

/** @throws UsageError */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parsed(args);
  if (positionals[0] !== undefined) throw new UsageError(`"${positionals[0]}" is no option`);
  const cases = chosen('case', values.case, caseNames);
  const routes = chosen('only', values.only, routeNames);
  const { quick = false, scaling = false, docs = false } = values;
  const filtered = cases !== undefined || routes !== undefined;
  if (quick && scaling) throw new UsageError('--quick and --scaling exclude each other');
  if (quick && values.long === true) throw new UsageError('--quick and --long exclude each other');
  if (scaling && filtered) throw new UsageError('--scaling measures its own cases: leave --case and --only out');
  if (docs && (quick || filtered)) throw new UsageError('--docs goes with a whole run only');
  return {
    help: values.help === true,
    quick,
    scaling,
    cases: cases ?? caseNames.filter((name) => name !== 'memory' || values.long === true),
    routes: routes ?? routeNames,
    filtered,
    stored: values.stored === undefined ? (quick ? 100_000 : 1_000_000) : rowsIn(values.stored),
    output: values.output,
    docs,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        quick: { type: 'boolean' },
        long: { type: 'boolean' },
        scaling: { type: 'boolean' },
        case: { type: 'string', multiple: true },
        only: { type: 'string', multiple: true },
        stored: { type: 'string' },
        output: { type: 'string' },
        docs: { type: 'boolean' },
      },
    });
  } catch (error) {
    // Node goes on about positional arguments after its first sentence.
    throw new UsageError((error as Error).message.split('. ', 1)[0]);
  }
}

function chosen<Name extends string>(
  option: string,
  given: readonly string[] | undefined,
  known: readonly Name[],
): Name[] | undefined {
  if (given === undefined) return undefined;
  const names = given.flatMap((value) => value.split(',')).map((name) => name.trim());
  const wrong = names.find((name) => !known.includes(name as Name));
  if (wrong !== undefined) throw new UsageError(`--${option} knows no "${wrong}"; there are ${known.join(', ')}`);
  return known.filter((name) => names.includes(name));
}

function rowsIn(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([kM]?)$/.exec(text) ?? [];
  const rows = Number(digits) * ({ '': 1, k: 1000, M: 1_000_000 }[unit] ?? Number.NaN);
  if (rows >= least && rows <= most) return rows;
  throw new UsageError(`--stored wants a number of rows from 1k to 100M, such as 10M, and not "${text}"`);
}
