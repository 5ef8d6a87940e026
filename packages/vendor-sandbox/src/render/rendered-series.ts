import type { Row } from '../series/row.ts';
import type { Column } from './columns.ts';

/** A series with everything its text needs. */
export interface RenderedSeries {
  /** Meta data in the vendor's order, without the running numbers. */
  readonly metaData: readonly (readonly [name: string, value: string])[];
  readonly seriesKey: string;
  readonly columns: readonly Column[];
  /** Newest first. */
  readonly rows: readonly Row[];
}
