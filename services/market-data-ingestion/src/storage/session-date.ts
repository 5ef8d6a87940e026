/** Days since 1970-01-01 as an ISO date, `2024-01-02`. */
export function sessionDateText(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}
