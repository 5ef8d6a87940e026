import { BodyError } from '../shared/body-error.ts';

const newYork = 'America/New_York';

/**
 * The IANA zone that the vendor's word for it means; `otherwise` where it says none, as in CSV.
 *
 * @throws BodyError for a word that names no zone: times in an unknown zone are no times.
 */
export function timeZoneOf(word: string | undefined, otherwise: string = newYork): string {
  if (word === undefined) return otherwise;
  if (word === 'US/Eastern' || word === newYork) return newYork;
  // Intl also takes offsets such as +05:00, which are no zones.
  if (/^[A-Za-z][A-Za-z0-9_+\-/]{1,63}$/.test(word)) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: word });
      return word;
    } catch {
      // Unknown: refused below.
    }
  }
  throw new BodyError('its time zone is unknown', false);
}
