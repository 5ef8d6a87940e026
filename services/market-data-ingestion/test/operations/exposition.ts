import type { Selector } from './promql.ts';

/** One line of metrics. */
export interface Sample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const labelPair = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/g;

/** Reads metrics in the text format as a scrape would: with the labels of its target. @throws Error for any other line. */
export function parseExposition(text: string, target: Readonly<Record<string, string>>): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, metric, labels = '', value] = sampleLine.exec(line) ?? [];
      if (metric === undefined) throw new Error(`this is no metric: ${line}`);
      const own = [...labels.matchAll(labelPair)].map(([, name, text]) => [name as string, text as string]);
      return { metric, labels: { ...target, ...Object.fromEntries(own) }, value: Number(value) };
    });
}

/** The samples that a selector picks. An absent label is an empty one, and expressions match whole values. */
export function samplesOf({ metric, matchers }: Selector, samples: readonly Sample[]): Sample[] {
  return samples.filter(
    (sample) =>
      sample.metric === metric &&
      matchers.every(({ label, operator, value }) => {
        const found = sample.labels[label] ?? '';
        const same = operator.endsWith('~') ? new RegExp(`^(?:${value})$`).test(found) : found === value;
        return operator.startsWith('!') ? !same : same;
      }),
  );
}
