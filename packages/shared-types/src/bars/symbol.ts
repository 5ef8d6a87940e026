import { ServiceError } from '@quantumtrade/core-traits';

const allowed = /^[A-Z0-9.\-^=:/_]{1,32}$/;
/** `..`, `../X`, `X/./Y`, `/X/Y`, `X//Y`: text that a file system or a URL takes for a way somewhere else. */
const pathLike = /^\/.*\/|\/\/|(?:^|\/)\.{1,2}(?:\/|$)/;

/**
 * A symbol as it is stored: at most 32 letters, digits and `. - ^ = : / _`, folded to upper case. The list of allowed
 * characters keeps hostile text out of requests, file names and terminals; paths (`../X`, `/X/Y`) are refused for
 * the same reason, while `BTC/USD` and `/ES` are symbols.
 *
 * @throws ServiceError of kind `configuration`, reason `invalidSymbol`, for anything else.
 */
export function parseSymbol(text: string): string {
  // toUpperCase folds some non-ASCII letters into ASCII ones ("ı" to "I"): test the text as it came.
  const symbol = /^[\x20-\x7e]*$/.test(text) ? text.toUpperCase() : text;
  if (allowed.test(symbol) && !pathLike.test(symbol)) return symbol;
  throw new ServiceError({
    kind: 'configuration',
    reason: 'invalidSymbol',
    message: `symbol ${quote(text)} is refused: use 1 to 32 letters, digits and . - ^ = : / _, and no path`,
  });
}

/** Text that is safe to print on one line: control and non-ASCII characters escaped, cut at 40 characters. */
function quote(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return JSON.stringify(shown).replace(
    /[^\x20-\x7e…]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
