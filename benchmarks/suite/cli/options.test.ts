import { describe, expect, it } from 'vitest';
import { helpText } from './help.ts';
import { caseNames, readOptions, UsageError } from './options.ts';

describe('readOptions', () => {
  it('measures everything but the memory when nothing is said', () => {
    const options = readOptions([]);
    expect(options.cases).toEqual(caseNames.filter((name) => name !== 'memory'));
    expect(options).toMatchObject({ quick: false, filtered: false, stored: 1_000_000, output: undefined });
    expect(readOptions(['--long']).cases).toContain('memory');
  });

  it('takes names separated by commas or given one by one, in the order of the suite', () => {
    const options = readOptions(['--case', '200k,10k', '--only', 'naive', '--only', 'engine']);
    expect(options).toMatchObject({ cases: ['10k', '200k'], routes: ['engine', 'naive'], filtered: true });
  });

  it('reads numbers of rows', () => {
    expect(readOptions(['--stored', '50M']).stored).toBe(50_000_000);
    expect(readOptions(['--stored', '200k']).stored).toBe(200_000);
    expect(readOptions(['--quick']).stored).toBe(100_000);
  });

  it.each([
    [['--fast'], "Unknown option '--fast'"],
    [['quick'], '"quick" is no option'],
    [['--case', '10k,20k'], '--case knows no "20k"; there are 10k, 200k'],
    [['--only', 'me'], '--only knows no "me"; there are engine, service'],
    [['--stored', 'many'], '--stored wants a number of rows'],
    [['--stored', '5'], '--stored wants a number of rows'],
    [['--quick', '--scaling'], '--quick and --scaling exclude each other'],
    [['--quick', '--long'], '--quick and --long exclude each other'],
    [['--scaling', '--case', '10k'], '--scaling measures its own cases'],
    [['--docs', '--quick'], '--docs goes with a whole run only'],
  ])('refuses %j in one line', (args, message) => {
    const refused = (): unknown => readOptions(args);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(message);
    expect(refused).toThrow(/^[^\n]+$/);
  });
});

describe('helpText', () => {
  it('tells of every option, case and route', () => {
    const text = helpText();
    for (const option of ['--quick', '--case', '--only', '--long', '--scaling', '--stored', '--output', '--docs']) {
      expect(text).toContain(`  ${option}`);
    }
    for (const name of caseNames) expect(text).toMatch(new RegExp(`^  ${name} `, 'm'));
  });
});
