import { parser } from '@prometheus-io/lezer-promql';

/** One comparison of a selector. */
interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** What a query reads: a name and what its labels must be. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

/** A query taken apart. */
export interface Query {
  /** Where the text is no PromQL. */
  readonly faults: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels that results are grouped by. */
  readonly groupedBy: readonly string[];
}

type Tree = ReturnType<typeof parser.parse>;
type Node = Tree['topNode'];

/** Parses a query with the grammar of Prometheus' own editor. */
export function parseQuery(text: string): Query {
  const textOf = ({ from, to }: Node): string => text.slice(from, to);
  const faults: string[] = [];
  const selectors: Selector[] = [];
  const groupedBy: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, node, from }) => {
      if (type.isError) faults.push(`at ${from}: ${text.slice(from, from + 20)}`);
      if (type.name === 'VectorSelector') selectors.push(selectorOf(node, textOf));
      if (type.name === 'GroupingLabels') groupedBy.push(...node.getChildren('LabelName').map(textOf));
    },
  });
  return { faults, selectors, groupedBy };
}

function selectorOf(node: Node, textOf: (node: Node) => string): Selector {
  const name = node.getChild('Identifier');
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  return {
    metric: name === null ? '' : textOf(name),
    matchers: matchers.map((matcher) => ({
      label: textOf(matcher.getChild('LabelName') as Node),
      operator: textOf(matcher.getChild('MatchOp') as Node) as Matcher['operator'],
      value: textOf(matcher.getChild('StringLiteral') as Node).slice(1, -1),
    })),
  };
}
