import type { VendorReason } from '../shared/vendor-reason.ts';

/** Text about how often or how much one may ask. The vendor advertises premium plans in the same breath. */
const frequency: readonly RegExp[] = [
  /\brate[ -]?limit|per-second|minute-level|burst pattern|spreading out|throttl|slow down/,
  /\b(calls?|requests?) ?(\/|per|a|an|each|every) ?(sec|min|hour|day)/,
  /\b(call|request|usage|daily|minute) (volume|frequency|limit|quota)/,
  /\b(volume|frequency|limit|quota|number) of [^.!?]*\b(calls|requests)\b/,
  /\btoo (many|much)\b[^.!?]*\b(calls|requests)\b|\btoo (often|frequent|fast)/,
  /\b(calls|requests)\b[^.!?]*\b(limited|\d+|one) (to|per|a|every) ?(\d|one|sec|min|hour|day)/,
];

const dayReached =
  /(detected your api key|reached|exceed|exhausted|used up|used all)[^.!]*(per day|\/ ?day|daily|today|for the day)|daily[^.!]*(reached|exceed|exhausted|used up)/;

/** Everything else the vendor is known to say, in the order in which it is looked for. */
const meanings: readonly (readonly [VendorReason, RegExp])[] = [
  ['authentication', /\bdemo\b[^.]*api ?key/],
  [
    'authentication',
    /api ?key[^.]*(not valid|invalid|missing|incorrect|expired|revoked|suspended|disabled|blocked|banned|deactivated)/,
  ],
  ['authentication', /(invalid|missing|incorrect|unknown) api ?key|^unauthori[sz]ed\W*$/],
  ['outage', /internal or external error|internal server error|application error|bad gateway|gateway time-?out/],
  ['outage', /(temporarily|service|currently) unavailable|maintenance|(high|heavy) load|overloaded/],
  ['outage', /something went wrong|try again (later|soon|shortly|in a (few|couple))/],
  ['premiumParameter', /parameter[^.]*\bpremium\b|premium (feature|parameter)/],
  ['premiumEndpoint', /\bpremium (api |data )?(endpoint|function)|subscribe to any[^.]*premium/],
  [
    'premiumEndpoint',
    /not (entitled|authori[sz]ed) to|paid (subscriber|plan|user|member)|must subscribe|subscribe to a/,
  ],
  ['premiumEndpoint', /upgrade your (plan|subscription|account)|not (included|available) (in|on|under|for|with) your/],
  ['noData', /^"?no data\b|\bno data (was |is |were )?(found|available)/],
  ['unknownRequest', /invalid api call|does not exist/],
  ['unknownRequest', /(invalid|unknown|unsupported) (symbol|ticker|parameter|function|interval|input|request|value)/],
  ['unknownRequest', /(symbol|parameter|function|interval)[^.]* (invalid|not found|not supported|missing|unknown)/],
  ['premiumEndpoint', /\bpremium\b/],
];

/**
 * What the vendor's words mean; `undefined` for words that are not known.
 *
 * Only for answers without the expected series: the meta data of good answers is full of words too. The order matters.
 * Anything about frequency goes before keys and premium plans, because limits are explained with both; and "25 requests
 * per day" alone is no sign of a spent day, because the note about pacing quotes it.
 */
export function meaningOf(words: string): VendorReason | undefined {
  const text = words.toLowerCase().replace(/\s+/g, ' ');
  if (isArtificial(text)) return 'artificialSample';
  if (frequency.some((pattern) => pattern.test(text))) return limitOf(text);
  return meanings.find(([, pattern]) => pattern.test(text))?.[0];
}

/** Whether the vendor says that its rows are invented. */
export function isArtificial(words: string): boolean {
  const text = words.toLowerCase();
  return /artificial/.test(text) && /sample|illustrat/.test(text);
}

function limitOf(text: string): VendorReason {
  if (/minute-level/.test(text)) return 'minuteQuota';
  if (dayReached.test(text) && !/per minute/.test(text)) return 'dailyQuota';
  if (/burst|spreading out|(per|a|each|every|\/) ?second\b|per-second|slow down|too (often|frequent|fast)/.test(text))
    return 'pacing';
  if (/\bminute\b/.test(text)) return 'minuteQuota';
  return /\bday\b|\bdaily\b/.test(text) ? 'dailyQuota' : 'minuteQuota';
}
