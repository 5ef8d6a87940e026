import type { CoverageRow } from '@quantumtrade/shared-types';

interface Cell {
  /** Where there is no colour, and in its legend. */
  readonly plain: string;
  /** Of a terminal: one more full step for each quarter that is stored. */
  readonly blocks: string;
  /** SGR code of its colour. */
  readonly colour: number;
  readonly meaning: string;
}

const cells = {
  present: { plain: '#', blocks: '█', colour: 32, meaning: 'present' },
  confirmedEmpty: { plain: 'o', blocks: '·', colour: 36, meaning: 'confirmed empty' },
  part: { plain: '-', blocks: '░▒▓', colour: 33, meaning: 'pending, a part is there' },
  pending: { plain: '.', blocks: '·', colour: 33, meaning: 'pending' },
  overdue: { plain: '!', blocks: '·░▒▓', colour: 31, meaning: 'pending for too long' },
  unrecoverable: { plain: 'x', blocks: '×', colour: 35, meaning: 'unrecoverable' },
} as const satisfies Readonly<Record<string, Cell>>;

/** Whether a stream shows colours: a terminal that can, and nobody who asked for none (https://no-color.org). */
export function showsColour(
  { isTTY }: { readonly isTTY?: boolean | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return isTTY === true && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb';
}

/** One character a session, one line a month, weeks set apart; a legend of what occurs below. */
export function heatMap(rows: readonly CoverageRow[], colour: boolean): string {
  const used = new Set<Cell>();
  const parts = [...Map.groupBy(rows, ({ symbol }) => symbol).values()].map((series) => {
    const [{ symbol, interval, adjustment, source, exchange }] = series as [CoverageRow];
    const title = [symbol, interval, ...(adjustment === 'adjusted' ? ['adjusted'] : []), source, exchange].join(' ');
    const months = Map.groupBy(series, ({ session }) => session.slice(0, 7));
    const lines = [...months].map(([month, list]) => `  ${month}  ${monthLine(list, colour, used)}`);
    return [title, ...lines, `  ${countsText(series)}`].join('\n');
  });
  const legend = Object.values(cells).filter((cell) => used.has(cell));
  const explained = legend.map((cell) => `${shown(cell, 1, colour)} ${cell.meaning}`);
  return `${parts.join('\n\n')}\n\n${explained.join('   ')}\n`;
}

function monthLine(rows: readonly CoverageRow[], colour: boolean, used: Set<Cell>): string {
  let line = '';
  let before = '';
  for (const row of rows) {
    const { session, expected, present, absentConfirmed } = row;
    const week = weekOf(session);
    if (before !== '' && week !== before) line += ' ';
    before = week;
    const cell = cellOf(row);
    used.add(cell);
    line += shown(cell, (present + absentConfirmed) / expected, colour);
  }
  return line;
}

function cellOf({ state, overdue, present, absentConfirmed }: CoverageRow): Cell {
  if (state !== 'pending') return cells[state];
  if (overdue) return cells.overdue;
  return present + absentConfirmed > 0 ? cells.part : cells.pending;
}

function shown({ plain, blocks, colour: code }: Cell, share: number, colour: boolean): string {
  if (!colour) return plain;
  const steps = [...blocks];
  const step = steps[Math.min(steps.length - 1, Math.floor(share * steps.length))] ?? plain;
  return `\u001b[${code}m${step}\u001b[39m`;
}

function countsText(rows: readonly CoverageRow[]): string {
  const count = (state: CoverageRow['state']): number => rows.filter((row) => row.state === state).length;
  const overdue = rows.filter((row) => row.overdue).length;
  const pending = `${count('pending')} pending${overdue === 0 ? '' : ` (${overdue} for too long)`}`;
  const others = `${count('present')} present, ${count('confirmedEmpty')} confirmed empty, ${pending}`;
  return `${rows.length} sessions: ${others}, ${count('unrecoverable')} unrecoverable`;
}

/** The Monday of a date's week. */
function weekOf(date: string): string {
  const instant = Date.parse(date);
  return String(Math.floor((instant / 86_400_000 + 3) / 7));
}
