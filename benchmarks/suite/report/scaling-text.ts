import { summary } from '../../measure/summary.ts';
import { markdownTable } from '../../measure/table.ts';
import type { ScalingPoint } from '../cases/scaling.ts';
import { shortNumber } from './chart.ts';

/** Each curve as a table: rows per second by route, and what a round took. */
export function scalingText(points: readonly ScalingPoint[]): string {
  const curves = [...new Set(points.map(({ curve }) => curve))];
  return curves
    .map((curve) =>
      curveText(
        curve,
        points.filter((point) => point.curve === curve),
      ),
    )
    .join('\n');
}

function curveText(curve: string, points: readonly ScalingPoint[]): string {
  const routes = [...new Set(points.map(({ route }) => route))];
  const steps = [...new Set(points.map(({ at }) => at))];
  const rows = steps.map((at) => [
    at.toLocaleString('en-US'),
    ...routes.map((route) => {
      const point = points.find((one) => one.at === at && one.route === route);
      if (point === undefined) return '-';
      const { median } = summary(point.costs.map(({ wall }) => wall));
      return `${shortNumber((point.rows / median) * 1000)} (${median.toFixed(1)} ms)`;
    }),
  ]);
  return `## Rows a second against ${curve}\n\n${markdownTable([curve, ...routes], rows)}\n`;
}
