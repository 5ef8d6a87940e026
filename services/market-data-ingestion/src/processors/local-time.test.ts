import fc from 'fast-check';
import { IANAZone } from 'luxon';
import { describe, expect, it } from 'vitest';
import { dayMs, ZoneDirectory, ZoneRules } from './local-time.ts';

const zoneNames = ['America/New_York', 'Europe/London', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'];
const changing = new Set(['America/New_York', 'Europe/London', 'Australia/Lord_Howe']);
const years = [1918, 1945, 1974, 1987, 2006, 2007, 2016, 2024, 2025, 2037, 2150];

function offsetByLuxon(zone: IANAZone, instant: number): number {
  return Math.round(zone.offset(instant) * 60_000);
}

/** What a local time means according to luxon's offsets. */
function meaningByLuxon(zone: IANAZone, local: number): number | string {
  const offsets = new Set([-dayMs, 0, dayMs].map((shift) => offsetByLuxon(zone, local + shift)));
  const instants = [...offsets].map((offset) => local - offset).filter((t) => t + offsetByLuxon(zone, t) === local);
  if (instants.length > 1) return 'ambiguous_time';
  return instants[0] ?? 'nonexistent_time';
}

/** What the rules say, by the quick way where they offer it. */
function meaning(rules: ZoneRules, local: number): number | string {
  const exact = rules.instantOf(local);
  const offset = rules.offsetOfDay(Math.floor(local / dayMs));
  if (offset !== undefined) expect(local - offset).toBe(exact);
  return exact;
}

describe.each(zoneNames)('local times of %s', (name) => {
  const zone = IANAZone.create(name);
  const rules = new ZoneRules(name);

  it('mean what luxon says at random instants of 400 years', () => {
    const instant = fc.integer({ min: Date.UTC(1900, 0, 1) / 1000, max: Date.UTC(2299, 11, 31) / 1000 });
    fc.assert(
      fc.property(instant, (seconds) => {
        const local = seconds * 1000 + offsetByLuxon(zone, seconds * 1000);
        expect(meaning(rules, local)).toBe(meaningByLuxon(zone, local));
      }),
      { numRuns: 300 },
    );
  });

  it('mean what luxon says around every change of offset in many years', () => {
    let changes = 0;
    for (const year of years) {
      for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += dayMs) {
        if (offsetByLuxon(zone, day) === offsetByLuxon(zone, day + dayMs)) continue;
        changes++;
        for (let local = day - dayMs; local < day + 2 * dayMs; local += 15 * 60_000) {
          expect([local, meaning(rules, local)]).toEqual([local, meaningByLuxon(zone, local)]);
        }
      }
    }
    if (changing.has(name)) expect(changes).toBeGreaterThanOrEqual(8);
  });
});

describe('zone rules', () => {
  const newYork = new ZoneRules('America/New_York');

  it('find the hour that New York skips in spring and the one it repeats in autumn, to the second', () => {
    const spring = Date.UTC(2024, 2, 10);
    const autumn = Date.UTC(2024, 10, 3);
    const hour = 3_600_000;
    expect(newYork.instantOf(spring + 2 * hour - 1000)).toBe(spring + 7 * hour - 1000);
    expect(newYork.instantOf(spring + 2 * hour)).toBe('nonexistent_time');
    expect(newYork.instantOf(spring + 3 * hour - 1000)).toBe('nonexistent_time');
    expect(newYork.instantOf(spring + 3 * hour)).toBe(spring + 7 * hour);
    expect(newYork.instantOf(autumn + hour - 1000)).toBe(autumn + 5 * hour - 1000);
    expect(newYork.instantOf(autumn + hour)).toBe('ambiguous_time');
    expect(newYork.instantOf(autumn + 2 * hour - 1000)).toBe('ambiguous_time');
    expect(newYork.instantOf(autumn + 2 * hour)).toBe(autumn + 7 * hour);
  });

  it('know the half hour of Lord Howe', () => {
    const lordHowe = new ZoneRules('Australia/Lord_Howe');
    const spring = Date.UTC(2024, 9, 6, 2);
    expect(lordHowe.instantOf(spring + 29 * 60_000)).toBe('nonexistent_time');
    expect(lordHowe.instantOf(spring + 30 * 60_000)).toBe(spring + 30 * 60_000 - 11 * 3_600_000);
  });

  it('know the day that Samoa left out', () => {
    const apia = new ZoneRules('Pacific/Apia');
    const skipped = Date.UTC(2011, 11, 30);
    expect(apia.instantOf(skipped + dayMs / 2)).toBe('nonexistent_time');
    expect(apia.instantOf(skipped - dayMs / 2)).toBe(skipped - dayMs / 2 + 10 * 3_600_000);
    expect(apia.instantOf(skipped + dayMs)).toBe(skipped - 14 * 3_600_000 + dayMs);
  });

  it('keep seconds of local mean time', () => {
    // Calcutta kept 5:53:28 (and then 5:53:20) until 1906.
    const local = Date.UTC(1900, 5, 1, 12);
    const expected = meaningByLuxon(IANAZone.create('Asia/Kolkata'), local);
    expect(new ZoneRules('Asia/Kolkata').instantOf(local)).toBe(expected);
    expect((local - Number(expected)) % 60_000).not.toBe(0);
  });

  it('say that the offset of a day is not one where it changes', () => {
    expect(newYork.offsetOfDay(Date.UTC(2024, 2, 10) / dayMs)).toBeUndefined();
    expect(newYork.offsetOfDay(Date.UTC(2024, 5, 10) / dayMs)).toBe(-4 * 3_600_000);
  });
});

describe('the directory of zones', () => {
  it('builds the rules of a zone once', () => {
    const zones = new ZoneDirectory();
    expect(zones.find('US/Eastern')).toBeInstanceOf(ZoneRules);
    expect(zones.find('US/Eastern')).toBe(zones.find('US/Eastern'));
  });

  it.each(['', 'Mars/Olympus', '__proto__', 'America/New_York\0'])('knows no zone %j', (name) => {
    expect(new ZoneDirectory().find(name)).toBeUndefined();
  });
});
