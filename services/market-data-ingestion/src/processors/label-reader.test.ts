import { describe, expect, it } from 'vitest';
import { type BarKeys, LabelReader } from './label-reader.ts';
import { dayMs, ZoneDirectory } from './local-time.ts';

const zones = new ZoneDirectory();
const encoder = new TextEncoder();

function read(reader: LabelReader, label: string): string | { openTime: string; sessionDate: string } {
  const keys: BarKeys = { openTime: new Float64Array(1), sessionDate: new Int32Array(1) };
  const bytes = encoder.encode(label);
  const rule = reader.readInto(keys, 0, bytes, 0, bytes.length);
  if (rule !== undefined) return rule;
  return {
    openTime: new Date(keys.openTime[0] as number).toISOString(),
    sessionDate: new Date((keys.sessionDate[0] as number) * dayMs).toISOString().slice(0, 10),
  };
}

function intraday(timeZone: string, labelDelay = 0): LabelReader {
  return new LabelReader({ zone: zones.find(timeZone), intraday: true, labelDelay });
}

function daily(): LabelReader {
  return new LabelReader({ zone: zones.find('America/New_York'), intraday: false, labelDelay: 0 });
}

describe('labels of intraday bars', () => {
  it.each([
    ['2024-01-02 09:30:00', '2024-01-02T14:30:00.000Z'],
    ['2024-01-02 09:30', '2024-01-02T14:30:00.000Z'],
    ['2024-01-02T09:30:15', '2024-01-02T14:30:15.000Z'],
    ['2024-07-02T09:30', '2024-07-02T13:30:00.000Z'],
    ['2024-02-29 00:00:00', '2024-02-29T05:00:00.000Z'],
    ['2000-02-29 23:59:59', '2000-03-01T04:59:59.000Z'],
  ])('%s of New York is %s', (label, openTime) => {
    expect(read(intraday('America/New_York'), label)).toEqual({ openTime, sessionDate: label.slice(0, 10) });
  });

  it.each([
    '',
    '2024-01-02',
    '2024-01-02 09',
    '2024-01-02 9:30:00',
    '2024-01-02 09:30:0',
    '2024-01-02 09:30:00Z',
    '2024-01-02 09:30:00.000',
    '2024-01-02_09:30:00',
    '2024-01-02 24:00:00',
    '2024-01-02 09:60:00',
    '2024-01-02 09:30:60',
    '2024/01/02 09:30:00',
    '2024-01-02 09.30.00',
    '2024-01-02 09:3o:00',
    '2023-02-29 09:30:00',
    '1900-02-29 09:30:00',
    '2100-02-29 09:30:00',
    '2024-02-30 09:30:00',
    '2024-04-31 09:30:00',
    '2024-13-01 09:30:00',
    '2024-00-01 09:30:00',
    '2024-01-00 09:30:00',
    '0024-13-02 09:30:00',
    '1850-02-30 09:30:00',
    '-024-01-02 09:30:00',
    '２０24-01-02 09:30',
    '__proto__',
  ])('%j is malformed', (label) => {
    expect(read(intraday('America/New_York'), label)).toBe('malformed_time');
  });

  it('that the clocks skip or repeat are named, never guessed', () => {
    const reader = intraday('America/New_York');
    expect(read(reader, '2024-03-10 01:59:59')).toMatchObject({ openTime: '2024-03-10T06:59:59.000Z' });
    expect(read(reader, '2024-03-10 02:30:00')).toBe('nonexistent_time');
    expect(read(reader, '2024-03-10 03:00:00')).toMatchObject({ openTime: '2024-03-10T07:00:00.000Z' });
    expect(read(reader, '2024-11-03 01:30:00')).toBe('ambiguous_time');
    expect(read(reader, '2024-11-03 02:00:00')).toMatchObject({ openTime: '2024-11-03T07:00:00.000Z' });
  });

  it('that name the end give the opening one interval before, and keep their own date', () => {
    const reader = intraday('America/New_York', 3_600_000);
    expect(read(reader, '2024-01-02 10:00:00')).toMatchObject({ openTime: '2024-01-02T14:00:00.000Z' });
    expect(read(reader, '2024-03-10 03:00:00')).toEqual({
      openTime: '2024-03-10T06:00:00.000Z',
      sessionDate: '2024-03-10',
    });
    expect(read(reader, '2024-01-02 00:00:00')).toEqual({
      openTime: '2024-01-02T04:00:00.000Z',
      sessionDate: '2024-01-02',
    });
  });

  it.each([
    ['UTC', '1900-01-01 00:00:00', '1900-01-01T00:00:00.000Z'],
    ['UTC', '2299-12-31 23:59:59', '2299-12-31T23:59:59.000Z'],
    ['America/New_York', '2299-12-31 18:59:59', '2299-12-31T23:59:59.000Z'],
  ])('of %s at the limit %s are %s', (zone, label, openTime) => {
    expect(read(intraday(zone), label)).toMatchObject({ openTime });
  });

  it.each([
    ['UTC', '1899-12-31 23:59:59'],
    ['UTC', '2300-01-01 00:00:00'],
    ['UTC', '1850-06-01 12:00:00'],
    ['UTC', '0001-01-01 00:00:00'],
    ['UTC', '0000-01-01 00:00:00'],
    ['UTC', '9999-12-31 00:00:00'],
    ['America/New_York', '2299-12-31 19:00:00'],
    ['America/New_York', '1899-12-31 20:00:00'],
    ['Asia/Tokyo', '1900-01-01 08:59:59'],
  ])('of %s at %s are out of the range of the store', (zone, label) => {
    expect(read(intraday(zone), label)).toBe('time_out_of_range');
  });

  it('out of range by the opening are refused where the labelled end is within', () => {
    expect(read(intraday('UTC', 60_000), '1900-01-01 00:00:59')).toBe('time_out_of_range');
    expect(read(intraday('UTC', 60_000), '1900-01-01 00:01:00')).toMatchObject({
      openTime: '1900-01-01T00:00:00.000Z',
    });
  });

  it('of an unknown zone cannot be read, and malformed ones say so first', () => {
    const reader = intraday('Mars/Olympus');
    expect(read(reader, '2024-01-02 09:30:00')).toBe('unknown_time_zone');
    expect(read(reader, '2024-01-32 09:30:00')).toBe('malformed_time');
  });

  it('do not depend on the label before', () => {
    const reader = intraday('America/New_York');
    const labels = [
      '2024-01-02 09:30',
      '1850-01-01 00:00',
      '2024-01-02 09:30',
      '2024-03-10 02:30',
      'x',
      '2024-01-03 09:30',
    ];
    expect(labels.map((label) => read(reader, label))).toEqual(
      labels.map((label) => read(intraday('America/New_York'), label)),
    );
  });
});

describe('labels of days and longer', () => {
  it.each([
    ['2024-01-02', '2024-01-02T05:00:00.000Z'],
    ['2024-07-02', '2024-07-02T04:00:00.000Z'],
    ['2024-03-10', '2024-03-10T05:00:00.000Z'],
    ['2024-11-03', '2024-11-03T04:00:00.000Z'],
    ['1900-01-01', '1900-01-01T05:00:00.000Z'],
    ['2299-12-31', '2299-12-31T05:00:00.000Z'],
  ])('%s opens at %s', (label, openTime) => {
    expect(read(daily(), label)).toEqual({ openTime, sessionDate: label });
  });

  it.each(['2024-01-02 00:00:00', '2024-01-02T', '20240102', '2023-02-29', '01/02/2024', '2024-1-2'])(
    '%j is malformed',
    (label) => {
      expect(read(daily(), label)).toBe('malformed_time');
    },
  );

  it.each(['1899-12-31', '2300-01-01'])('%s is out of the range of the store', (label) => {
    expect(read(daily(), label)).toBe('time_out_of_range');
  });
});
