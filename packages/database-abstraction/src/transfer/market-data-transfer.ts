import type { MarketDataStore } from '@quantumtrade/shared-types';
import type { SqlEngine } from '../engine/sql-engine.ts';
import type { BarPartition } from './bar-file.ts';
import { BarExport, type BarSelection, type ExportedFile, type ExportTarget } from './export-bars.ts';
import { BarImport, type ImportedFile } from './import-bars.ts';

/** Bars to files and back, a file at a time, so that the caller can show how far it is and stop between two of them. */
export interface MarketDataTransfer {
  /** The files that an export of these bars consists of; none when nothing is stored. @throws ServiceError of kind `database`. */
  partitions(selection: BarSelection): Promise<readonly BarPartition[]>;
  /**
   * Writes the file of one partition, whole or not at all; one that is there is replaced in one step.
   *
   * @throws ServiceError of kind `database`, or `configuration` with reason `outputUnusable`.
   */
  exportPartition(partition: BarPartition, selection: BarSelection, target: ExportTarget): Promise<ExportedFile>;
  /**
   * Stores the bars of a file that an export wrote, after checking all of them. Doing it again adds nothing.
   *
   * @throws ServiceError of kind `configuration`: `invalidBarFile` before anything is stored, `barLabelMix`, or
   * `transferUnsupported` for an engine that cannot read files of this machine; or of kind `database`.
   */
  importFile(path: string): Promise<ImportedFile>;
}

export interface MarketDataTransferOptions {
  readonly engine: () => SqlEngine;
  readonly database: string;
  readonly store: MarketDataStore;
}

/** The transfer of a database of ClickHouse. */
export function createMarketDataTransfer(options: MarketDataTransferOptions): MarketDataTransfer {
  const exporter = new BarExport(options);
  const importer = new BarImport(options);
  return {
    partitions: (selection) => exporter.partitions(selection),
    exportPartition: (partition, selection, target) => exporter.write(partition, selection, target),
    importFile: (path) => importer.read(path),
  };
}
