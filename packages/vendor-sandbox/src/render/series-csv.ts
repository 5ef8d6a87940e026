import type { RenderedSeries } from './rendered-series.ts';

/** The series as the vendor's CSV: a header, newest bar first, every line ended by CRLF. */
export function seriesCsv(series: RenderedSeries): string {
  const header = ['timestamp', ...series.columns.map((column) => column.csvName)].join(',');
  const lines = series.rows.map((row) => `${row.label},${series.columns.map((column) => column.text(row)).join(',')}`);
  return `${[header, ...lines].join('\r\n')}\r\n`;
}
