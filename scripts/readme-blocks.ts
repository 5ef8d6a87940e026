/** A block of TypeScript in a README. */
export interface ReadmeBlock {
  readonly text: string;
  /** The lines it says it prints: comments that start with an arrow, in which `…` stands for anything. */
  readonly promised: readonly string[];
}

/** Every block of TypeScript in a Markdown text, in order. */
export function blocksOf(markdown: string): ReadmeBlock[] {
  return [...markdown.matchAll(/```ts\n(.*?)```/gs)].map(([, text = '']) => ({
    text,
    promised: [...text.matchAll(/^\/\/ → (.*)$/gm)].map((match) => match[1] as string),
  }));
}

/** Matches a promised line. */
export function matching(line: string): RegExp {
  return new RegExp(`^${line.split('…').map(RegExp.escape).join('.*')}$`);
}
