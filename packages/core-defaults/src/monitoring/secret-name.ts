const secretWords =
  /(?:apikey|accesskey|privatekey|signingkey|passw(?:or)?d|passphrase|secret|token|authorization|cookie|credentials?)$/;

/** Field names repeat from line to line; judging each once is enough. */
const judged = new Map<string, boolean>();
const mostJudged = 1_000;

/**
 * Whether a field's name says that its value is secret, such as `apikey`, `x-api-key`, `db_password` or `accessToken`.
 * Case and separators make no difference; plurals that count something, such as `tokens`, are no secrets.
 */
export function isSecretName(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const verdict = secretWords.test(
    name
      .slice(-64)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, ''),
  );
  if (judged.size < mostJudged) judged.set(name, verdict);
  return verdict;
}
