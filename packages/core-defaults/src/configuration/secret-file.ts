import { readFileSync } from 'node:fs';
import type { LayerValue } from './layer.ts';
import type { ConfigurationProblem } from './problem.ts';

/** Added to the name of a variable that holds a secret: the variable of that name names a file that holds it. */
export const fileSuffix = '_FILE';

/** A secret that was read from its file, or why there is none. */
export type SecretFileOutcome = { readonly found: LayerValue } | { readonly problem: ConfigurationProblem };

/**
 * Reads a secret from the file that a variable names, as container platforms mount it; one trailing newline is not part
 * of it. A file that is there and empty is a mistake, never an absent secret.
 *
 * Problems do not show the file's name: it may be the secret itself, set under the wrong name.
 */
export function readSecretFile(secret: {
  /** Dotted path of the setting. */
  readonly path: string;
  /** The variable that names the file. */
  readonly variable: string;
  readonly file: string;
}): SecretFileOutcome {
  const layer = `environment ${secret.variable}`;
  const refused = (what: string): SecretFileOutcome => ({
    problem: { path: secret.path, layer, message: `${secret.path} (${layer}): the file it names ${what}` },
  });
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(secret.file);
  } catch (error) {
    return refused(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  try {
    const value = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
    return value === '' ? refused('is empty') : { found: { value, layer } };
  } catch {
    return refused('is not UTF-8 text');
  }
}

/** The problem of a secret that is set both directly and through a file. */
export function setTwice(path: string, variable: string): ConfigurationProblem {
  const names = `${variable} and ${variable}${fileSuffix}`;
  return { path, layer: `environment ${names}`, message: `${path}: ${names} are both set: keep one` };
}
