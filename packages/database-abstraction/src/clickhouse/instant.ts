/** Milliseconds since the Unix epoch (UTC) as ClickHouse reads them into a `DateTime64(3, 'UTC')`. */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '');
}
