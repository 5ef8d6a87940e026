import { describe, expect, it } from 'vitest';
import { markdownTable } from './table.ts';

describe('markdownTable', () => {
  it('is as wide as its widest cell and sets figures to the right', () => {
    expect(
      markdownTable(
        ['route', 'rows/s', 'what'],
        [
          ['engine', '1200', 'limit'],
          ['naïve', '15 (14 to 16)', ''],
        ],
      ),
    ).toBe(
      [
        '| route  |        rows/s | what  |',
        '| ------ | ------------: | ----- |',
        '| engine |          1200 | limit |',
        '| naïve  | 15 (14 to 16) |       |',
      ].join('\n'),
    );
  });

  it('leaves an absent cell empty', () => {
    expect(markdownTable(['a', 'b'], [['x']])).toContain('| x   |     |');
  });
});
