import { closest, distance } from 'fastest-levenshtein';
import { escapeControls } from '../text.ts';
import type { KnownSettings } from './known-settings.ts';
import type { ConfigurationProblem } from './problem.ts';

/** Names are cut to this length in messages and comparisons; a file may hold anything. */
const longestName = 100;

/** A name as it may be shown in a message: one line, not endless. */
export function showName(name: string): string {
  return escapeControls(name.length > longestName ? `${name.slice(0, longestName)}…` : name);
}

/** The problem of a setting that no section declares. `show` adds to the suggested path how it is written here. */
export function unknownSetting(
  known: KnownSettings,
  path: string,
  layer: string,
  show: (path: string) => string = (suggested) => suggested,
): ConfigurationProblem {
  const nearest = nearestName(path, known.paths());
  const table = path.split('.').slice(0, -1).join('.');
  const siblings = known.paths().filter((candidate) => candidate.startsWith(`${table}.`));
  const others = siblings.length > 0 ? `${table} has ${list(siblings)}` : sections(known);
  const advice = nearest === undefined ? others : `did you mean ${show(nearest)}?`;
  return { path: showName(path), layer, message: `unknown setting ${showName(path)} in ${layer}: ${advice}` };
}

/** The problem of a table of settings that no section declares. */
export function unknownSection(known: KnownSettings, path: string, layer: string): ConfigurationProblem {
  const nearest = nearestName(path, known.tables());
  const advice = nearest === undefined ? sections(known) : `did you mean ${nearest}?`;
  return { path: showName(path), layer, message: `unknown section ${showName(path)} in ${layer}: ${advice}` };
}

/** The nearest candidate, unless so much differs that the suggestion would puzzle. */
function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const wanted = name.slice(0, longestName);
  if (candidates.length === 0) return undefined;
  const nearest = closest(wanted, candidates);
  const tolerated = Math.max(2, Math.floor(Math.max(wanted.length, nearest.length) * 0.4));
  return distance(wanted, nearest) <= tolerated ? nearest : undefined;
}

function sections(known: KnownSettings): string {
  return `the sections are ${list(known.sections.map((section) => section.path))}`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(', ');
  return names.length > 12 ? `${shown}, …` : shown;
}
