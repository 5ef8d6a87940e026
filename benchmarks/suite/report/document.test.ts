import { describe, expect, it } from 'vitest';
import { intoDocument } from './document.ts';

const document = '# Title\n\n<!-- run -->\nold\n<!-- /run -->\n\nafter\n';

describe('intoDocument', () => {
  it('replaces the part alone, with headings one level lower', () => {
    expect(intoDocument(document, 'run', '## New\n\ntext\n')).toBe(
      '# Title\n\n<!-- run -->\n\n### New\n\ntext\n\n<!-- /run -->\n\nafter\n',
    );
  });

  it('can be done again', () => {
    const once = intoDocument(document, 'run', 'text');
    expect(intoDocument(once, 'run', 'text')).toBe(once);
  });

  it('refuses a document without the part', () => {
    expect(() => intoDocument(document, 'scaling', 'text')).toThrow('<!-- scaling -->');
  });
});
