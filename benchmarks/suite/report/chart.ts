/** A group of bars that are compared with each other. */
export interface ChartPanel {
  readonly title: string;
  readonly bars: readonly ChartBar[];
}

interface ChartBar {
  readonly label: string;
  readonly value: number;
  /** Where the rounds lay, drawn as a thin line. */
  readonly from: number;
  readonly to: number;
  /** The one that matters. */
  readonly accent?: boolean | undefined;
}

const width = 760;
const labelWidth = 270;
const valueWidth = 90;
const rowHeight = 24;
const panelHead = 34;
const plot = width - labelWidth - valueWidth;

/** Horizontal bars from zero, one panel below the other, each with a scale of its own. Readable on light and dark pages. */
export function barChart(title: string, panels: readonly ChartPanel[], note: string): string {
  let y = 40;
  const parts: string[] = [];
  for (const { title: panelTitle, bars } of panels) {
    parts.push(text(16, y + 18, panelTitle, 'class="panel"'));
    y += panelHead;
    const most = Math.max(...bars.map(({ value, to }) => Math.max(value, to)));
    for (const bar of bars) {
      const x = (value: number): string => (labelWidth + (plot * value) / most).toFixed(1);
      const middle = y + rowHeight / 2;
      parts.push(
        text(labelWidth - 8, middle + 4, bar.label, 'text-anchor="end"'),
        `<rect x="${labelWidth}" y="${y + 4}" width="${((plot * bar.value) / most).toFixed(1)}" height="${rowHeight - 8}" class="${bar.accent ? 'accent' : 'bar'}"/>`,
        `<line x1="${x(bar.from)}" x2="${x(bar.to)}" y1="${middle}" y2="${middle}" class="spread"/>`,
        text(width - valueWidth + 8, middle + 4, shortNumber(bar.value), ''),
      );
      y += rowHeight;
    }
    y += 10;
  }
  const height = y + 30;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-size: 16px; font-weight: 600 } .panel { font-weight: 600 }
  .note { font-size: 11px } .bar { fill: #8c959f } .accent { fill: #0969da } .spread { stroke: #24292f; stroke-width: 1.5 }
  .page { fill: #ffffff }
</style>
<rect width="${width}" height="${height}" class="page"/>
${text(16, 26, title, 'class="title"')}
${parts.join('\n')}
${text(16, height - 12, note, 'class="note"')}
</svg>
`;
}

/** `1.23 M`, `45.6 k`, `789`. */
export function shortNumber(value: number): string {
  if (value >= 999_500) return `${(value / 1e6).toPrecision(3)} M`;
  if (value >= 1000) return `${(value / 1000).toPrecision(3)} k`;
  return String(Math.round(value));
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
