/** Start of the exclusion patterns that EventStoreDB clients use, which match all names without a given prefix. */
const BEGINNING = '^(?!';
const ENDINGS: readonly string[] = ['', '.*', '.*$'];

/**
 * Supports one kind of look-ahead, because its opposite is a plain regex: `^(?!X)` keeps what `^(?:X)` does not match. Clients use it to exclude
 * system events (esdbclient for Python does so by default). Returns the opposite, or undefined for any other regex.
 */
export function excludedBy(regex: string): string | undefined {
  if (!regex.startsWith(BEGINNING)) return undefined;
  const end = closingOf(regex, BEGINNING.length);
  if (end === undefined || !ENDINGS.includes(regex.slice(end + 1))) return undefined;
  return `^(?:${regex.slice(BEGINNING.length, end)})`;
}

function closingOf(regex: string, from: number): number | undefined {
  let depth = 1;
  let inClass = false;
  for (let at = from; at < regex.length; at += 1) {
    const sign = regex[at];
    if (sign === '\\') at += 1;
    else if (inClass) inClass = sign !== ']';
    else if (sign === '[') inClass = true;
    else if (sign === '(') depth += 1;
    else if (sign === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return undefined;
}
