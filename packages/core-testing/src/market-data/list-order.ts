import { type CollectionRecord, type QuarantinePosition, quarantineLabelLength } from '@quantumtrade/shared-types';

/** The order of rejected rows: oldest first, then by batch, label and row. */
export function inOrderOfQuarantine(a: QuarantinePosition, b: QuarantinePosition): number {
  return (
    a.quarantinedAt - b.quarantinedAt ||
    inByteOrder(a.batchId, b.batchId) ||
    inByteOrder(beginning(a.label), beginning(b.label)) ||
    inByteOrder(a.rowId, b.rowId)
  );
}

/** The order of records of collections: newest first, then by batch. */
export function newestFirst(
  a: Pick<CollectionRecord, 'acceptedAt' | 'batchId'>,
  b: Pick<CollectionRecord, 'acceptedAt' | 'batchId'>,
): number {
  return b.acceptedAt - a.acceptedAt || inByteOrder(a.batchId, b.batchId);
}

function beginning(label: string): string {
  return label.length <= quarantineLabelLength ? label : [...label].slice(0, quarantineLabelLength).join('');
}

function inByteOrder(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
