import { refusal } from './refusal.ts';

/** A place to go on from, as clients carry it: they must not look inside. */
export function cursorOf(position: number): string {
  return Buffer.from(`v1:${position}`).toString('base64url');
}

/** @throws ServiceError, reason `invalidCursor`. */
export function positionOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const position = /^v1:(-?\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  if (position !== undefined) return Number(position);
  throw refusal('invalidCursor', 'the cursor is none: use nextCursor of the page before');
}
