import { closest, distance } from 'fastest-levenshtein';
import { escapeControls } from '../text.ts';
import type { KnownSettings } from './known-settings.ts';

/** Names are cut to this length in messages and comparisons; a file may hold anything. */
const longestName = 100;

/** A name as it may be shown in a message: one line, not endless. */
export function showName(name: string): string {
  return escapeControls(name.length > longestName ? `${name.slice(0, longestName)}…` : name);
}

/** The problem text for a setting that no section declares. `show` adds to the suggested path how it is written here. */
export function unknownSetting(
  known: KnownSettings,
  path: string,
  layer: string,
  show: (path: string) => string = (suggested) => suggested,
): string {
  const start = `unknown setting ${showName(path)} in ${layer}`;
  const nearest = nearestName(path, known.paths());
  if (nearest !== undefined) return `${start}: did you mean ${show(nearest)}?`;
  const table = path.split('.').slice(0, -1).join('.');
  const siblings = known.paths().filter((candidate) => candidate.startsWith(`${table}.`));
  return siblings.length > 0 ? `${start}: ${table} has ${list(siblings)}` : `${start}: ${sections(known)}`;
}

/** The problem text for a table of settings that no section declares. */
export function unknownSection(known: KnownSettings, path: string, layer: string): string {
  const start = `unknown section ${showName(path)} in ${layer}`;
  const nearest = nearestName(path, known.tables());
  return nearest === undefined ? `${start}: ${sections(known)}` : `${start}: did you mean ${nearest}?`;
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
