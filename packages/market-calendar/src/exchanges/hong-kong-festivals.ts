import { dayNumber, easterSunday, saturday, sunday, weekdayFrom, weekdayOf } from '../civil-day.ts';
import { type DayRule, firstYear } from '../exchange-definition.ts';
import { sundayToMonday } from './day-rules.ts';

/** Month and day, a year each from 1990 on. The platform's own Chinese calendar is a day off in 2027. */
const newYears =
  '0127 0215 0204 0123 0210 0131 0219 0207 0128 0216 0205 0124 0212 0201 0122 0209 0129 0218 0207 0126 ' +
  '0214 0203 0123 0210 0131 0219 0208 0128 0216 0205 0125 0212 0201 0122 0210 0129 0217 0206 0126';
const buddhasBirthdays =
  '0502 0521 0510 0528 0518 0507 0524 0514 0503 0522 0511 0430 0519 0508 0526 0515 0505 0524 0512 0502 ' +
  '0521 0510 0428 0517 0506 0525 0514 0503 0522 0512 0430 0519 0508 0526 0515 0505 0524 0513 0502';
const tuenNgs =
  '0528 0616 0605 0624 0613 0602 0620 0609 0530 0618 0606 0625 0615 0604 0622 0611 0531 0619 0608 0528 ' +
  '0616 0606 0623 0612 0602 0620 0609 0530 0618 0607 0625 0614 0603 0622 0610 0531 0619 0609 0528';
const midAutumns =
  '1003 0922 0911 0930 0920 0909 0927 0916 1005 0924 0912 1001 0921 0911 0928 0918 1006 0925 0914 1003 ' +
  '0922 0912 0930 0919 0908 0927 0915 1004 0924 0913 1001 0921 0910 0929 0917 1006 0925 0915 1003';
const chungYeungs =
  '1026 1016 1004 1023 1013 1101 1020 1010 1028 1017 1006 1025 1014 1004 1022 1011 1030 1019 1007 1026 ' +
  '1016 1005 1023 1013 1002 1021 1009 1028 1017 1007 1025 1014 1004 1023 1011 1029 1018 1008 1026';

/** Ching Ming is on 4 April in these years and on the 5th in all others. */
const earlyChingMings: readonly number[] = [
  1992, 1996, 2000, 2004, 2008, 2009, 2012, 2013, 2016, 2017, 2020, 2021, 2024, 2025, 2028,
];

type Festival = (year: number) => number;

function festival(table: string): Festival {
  const dates = table.split(' ');
  return (year) => {
    const date = dates[year - firstYear] ?? '';
    return dayNumber(year, Number(date.slice(0, 2)), Number(date.slice(2)));
  };
}

const newYear = festival(newYears);
const midAutumn = festival(midAutumns);

/** The day before the first day of the lunar year; with a session it is a short one. */
export const lunarNewYearsEve: Festival = (year) => newYear(year) - 1;

function chingMing(year: number): number {
  const day = sundayToMonday(dayNumber(year, 4, earlyChingMings.includes(year) ? 4 : 5));
  return day === easterSunday(year) + 1 ? day + 1 : day;
}

/** When one of the three days of the lunar new year is a Sunday, a fourth is a holiday: the day before until 2011, the day after since. */
function lunarNewYearInLieu(year: number): number | undefined {
  const first = newYear(year);
  if (weekdayFrom(first, sunday) > first + 2) return undefined;
  return year < 2011 ? first - 1 : first + 3;
}

/** The day after the festival; a Sunday is made up for since 2011, and 1 October is taken by the National Day. */
function dayAfterMidAutumn(year: number): number {
  const day = midAutumn(year) + 1;
  if (year >= 1997 && day === dayNumber(year, 10, 1)) return day + 1;
  return year < 2011 ? day : sundayToMonday(day);
}

const sundaysMoved = (dates: Festival): Festival => {
  return (year) => sundayToMonday(dates(year));
};

/** The first weekday after Christmas; with Christmas on a Sunday, the second, as the first makes up for that. */
function dayAfterChristmas(year: number): number {
  const christmas = dayNumber(year, 12, 25);
  if (weekdayOf(christmas) === sunday) return christmas + 2;
  return weekdayOf(christmas) === saturday ? christmas + 2 : christmas + 1;
}

/** Holidays of Hong Kong that follow the moon, and those that make way for them. */
export const lunarHolidays: readonly DayRule[] = [
  { name: 'Lunar New Year in lieu', day: lunarNewYearInLieu },
  { name: 'Lunar New Year', day: newYear },
  { name: 'second day of Lunar New Year', day: (year) => newYear(year) + 1 },
  { name: 'third day of Lunar New Year', day: (year) => newYear(year) + 2 },
  { name: 'Ching Ming Festival', day: chingMing },
  { name: "Buddha's Birthday", from: 1999, day: sundaysMoved(festival(buddhasBirthdays)) },
  { name: 'Tuen Ng Festival', day: sundaysMoved(festival(tuenNgs)) },
  { name: 'day after Mid-Autumn Festival', day: dayAfterMidAutumn },
  { name: 'Chung Yeung Festival', day: sundaysMoved(festival(chungYeungs)) },
  { name: 'Christmas Day', day: (year) => sundayToMonday(dayNumber(year, 12, 25)) },
  { name: 'day after Christmas', day: dayAfterChristmas },
];
