/** Shorter secrets are left alone: replacing every `abc` would destroy the text and protect nothing. */
const shortestSecret = 4;

/** Pieces of base64 below this length match by accident. */
const shortestFragment = 6;

/** `apikey=…` in addresses and `"apikey": "…"` in JSON, also in JSON that is quoted. */
const namedSecret = /((?:api[_-]?key|token|secret|passw(?:or)?d|passphrase)(?:=|\\?"\s*:\s*\\?"))([^&\s"'<>\\#]+)/gi;

/** The header with or without its scheme. */
const authorization = /(authorization\\?["']?\s*[:=]\s*\\?["']?)(?:(?:basic|bearer|token)\s+)?([^\s"'\\,;]+)/gi;

/**
 * Makes a function that takes secrets out of a text: as they are, URL-encoded, JSON-escaped and in base64 or base64url
 * (also inside a longer encoded text, such as a Basic authorization), and whatever follows `apikey=`, `token=`,
 * `secret=`, `password=` (in JSON too) or `Authorization:`. Each becomes `[redacted]`.
 *
 * `secrets` is asked on every call, so keys that rotate are covered from the moment they are known. Secrets shorter
 * than four characters are not replaced.
 */
export function createRedactor(secrets: () => readonly string[]): (text: string) => string {
  let current: readonly string[] = [];
  let pattern: RegExp | undefined;
  return (text) => {
    const wanted = secrets();
    if (wanted.length !== current.length || wanted.some((secret, index) => secret !== current[index])) {
      current = [...wanted];
      pattern = patternOf(current);
    }
    const withoutSecrets = pattern === undefined ? text : text.replace(pattern, '[redacted]');
    return withoutSecrets.replace(namedSecret, '$1[redacted]').replace(authorization, '$1[redacted]');
  };
}

function patternOf(secrets: readonly string[]): RegExp | undefined {
  const forms = new Set(secrets.filter((secret) => secret.length >= shortestSecret).flatMap(formsOf));
  if (forms.size === 0) return undefined;
  // Longest first, so that the form that covers most wins where several begin at one place.
  const alternatives = [...forms].sort((a, b) => b.length - a.length).map(escapePattern);
  return new RegExp(alternatives.join('|'), 'g');
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function formsOf(secret: string): string[] {
  const wellFormed = secret.toWellFormed();
  const percent = encodeURIComponent(wellFormed);
  const form = new URLSearchParams([['', wellFormed]]).toString().slice(1);
  return [
    secret,
    percent,
    lowerCaseHex(percent),
    form,
    lowerCaseHex(form),
    JSON.stringify(secret).slice(1, -1),
    ...base64Forms(wellFormed),
  ];
}

function lowerCaseHex(encoded: string): string {
  return encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
}

/** The encoded secret alone, and the part of it that stays the same wherever it stands in a longer text. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const forms = [bytes.toString('base64'), bytes.toString('base64url')];
  for (const before of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const [from, to] = [Math.ceil((before * 8) / 6), Math.floor((padded.length * 8) / 6)];
    if (to - from < shortestFragment) continue;
    forms.push(padded.toString('base64').slice(from, to), padded.toString('base64url').slice(from, to));
  }
  return forms;
}
