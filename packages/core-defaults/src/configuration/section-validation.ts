import { type ConfigurationSection, Redacted, type SchemaIssue, type SchemaResult } from '@quantumtrade/core-traits';
import { escapeControls, messageOf } from '../text.ts';
import type { LayerValue } from './layer.ts';
import { copyPlain, freezePlain, setAt, valueAt } from './plain.ts';
import type { ConfigurationProblem } from './problem.ts';

/** A section's frozen result, or what is wrong with it. */
export type SectionOutcome =
  | { readonly output: unknown; readonly problems?: undefined }
  | { readonly problems: readonly ConfigurationProblem[] };

/**
 * Validates one section against its schema. `redact` cleans what the schema says. Secrets reach the schema as
 * `Redacted` and leave it so.
 *
 * Problem texts name the setting, where its value came from and what is wrong; they show no values, because what is
 * no declared secret may still hold one, such as a URL with a password.
 */
export function validateSection(
  section: ConfigurationSection<unknown>,
  merged: ReadonlyMap<string, LayerValue>,
  redact: (text: string) => string,
): SectionOutcome {
  const input: Record<string, unknown> = {};
  const problems: ConfigurationProblem[] = [];
  const refuse = (path: string, layer: string, what: string): void => {
    problems.push({
      path: escapeControls(path),
      layer,
      message: escapeControls(`${path} (${layer}): ${what}`),
    });
  };
  const misshapen = new Set<string>();
  for (const key of section.keys) {
    const found = merged.get(`${section.path}.${key}`);
    if (found === undefined) continue;
    const value = section.secrets?.includes(key) ? asSecret(found.value) : found.value;
    if (value === undefined) {
      misshapen.add(key);
      refuse(`${section.path}.${key}`, found.layer, 'must be text');
    } else setAt(input, key, value);
  }
  const result = runSchema(section, input);
  for (const issue of result.issues ?? []) {
    const below = issuePath(issue);
    // A misshapen secret was left out, and a schema that requires it complains once more.
    if (misshapen.has(below)) continue;
    const path = below === '' ? section.path : `${section.path}.${below}`;
    refuse(path, layersOf(section, merged, below), redact(withoutSecret(issue.message, input, below)));
  }
  if (problems.length > 0 || result.issues !== undefined) return { problems };
  const output = copyPlain(result.value, (leaf, path) =>
    typeof leaf === 'string' && section.secrets?.includes(path) ? new Redacted(leaf) : leaf,
  );
  freezePlain(output);
  return { output };
}

/** A secret that is no text has no use anywhere; `undefined` says so. */
function asSecret(value: unknown): Redacted<unknown> | undefined {
  if (typeof value === 'string') return new Redacted(value);
  return value instanceof Redacted && typeof value.reveal() === 'string' ? value : undefined;
}

function runSchema(section: ConfigurationSection<unknown>, input: unknown): SchemaResult<unknown> {
  try {
    const result = section.schema['~standard'].validate(input);
    if (!(result instanceof Promise)) return result;
    result.catch(() => undefined);
    return { issues: [{ message: 'its schema validates asynchronously, which configuration cannot wait for' }] };
  } catch (error) {
    return { issues: [{ message: `its schema failed: ${messageOf(error)}` }] };
  }
}

function issuePath(issue: SchemaIssue): string {
  return (issue.path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.');
}

/** A schema's message about a secret that quotes it, however short it is, gives way to one that does not. */
function withoutSecret(message: string, input: unknown, below: string): string {
  const value = valueAt(input, below);
  const secret = value instanceof Redacted ? String(value.reveal()) : '';
  return secret !== '' && message.includes(secret) ? 'is not valid' : message;
}

/** Where the values that an issue is about came from; an issue with a table may come from each of its settings. */
function layersOf(
  section: ConfigurationSection<unknown>,
  merged: ReadonlyMap<string, LayerValue>,
  below: string,
): string {
  const concerned = section.keys.filter(
    (key) => below === '' || key === below || key.startsWith(`${below}.`) || below.startsWith(`${key}.`),
  );
  const layers = concerned.flatMap((key) => merged.get(`${section.path}.${key}`)?.layer ?? []);
  return layers.length === 0 ? 'default' : [...new Set(layers)].join(', ');
}
