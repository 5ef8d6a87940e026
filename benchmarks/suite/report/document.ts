/**
 * Puts text between the marks of a part of a Markdown document, `<!-- part -->` and `<!-- /part -->`, in place of what is
 * there. Headings of the text become one level lower.
 *
 * @throws Error when the document has no such part.
 */
export function intoDocument(document: string, part: string, text: string): string {
  const [begin, end] = [`<!-- ${part} -->`, `<!-- /${part} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`the document has no part between ${begin} and ${end}`);
  const lowered = text.trim().replaceAll(/^#/gm, '##');
  return `${document.slice(0, from + begin.length)}\n\n${lowered}\n\n${document.slice(to)}`;
}
