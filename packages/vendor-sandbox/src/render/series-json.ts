import type { RenderedSeries } from './rendered-series.ts';

/** The series as the vendor's JSON: numbered keys, text values, an indentation of four. */
export function seriesJson(series: RenderedSeries): string {
  const metaData = series.metaData.map(([name, value], index) => `        ${quote(`${index + 1}. ${name}`, value)}`);
  const names = series.columns.map((column, index) => `            "${index + 1}. ${column.jsonName}": "`);
  // Written by hand: a month of minutes has 20,000 bars, and its values are digits that need no escaping.
  const bars = series.rows.map((row) => {
    const values = series.columns.map((column, index) => `${names[index]}${column.text(row)}"`);
    return `        "${row.label}": {\n${values.join(',\n')}\n        }`;
  });
  const body = bars.length === 0 ? '{}' : `{\n${bars.join(',\n')}\n    }`;
  const key = JSON.stringify(series.seriesKey);
  return `{\n    "Meta Data": {\n${metaData.join(',\n')}\n    },\n    ${key}: ${body}\n}`;
}

function quote(name: string, value: string): string {
  return `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
}
