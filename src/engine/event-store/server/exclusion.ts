/** Prefix of the exclusions that EventStoreDB clients use: all names except those with a given beginning. */
const BEGINNING = '^(?!';
const ENDINGS: readonly string[] = ['', '.*', '.*$'];

/**
 * Supports one kind of look-ahead, because its opposite is a plain regex: `^(?!X)` keeps what `^(?:X)` does not match. Clients exclude system events
 * by it (esdbclient for Python by default). Returns that opposite; undefined for any other regex.
 */
export function excludedBy(regex: string): string | undefined {
  if (!regex.startsWith(BEGINNING)) return undefined;
  const end = closingOf(regex, BEGINNING.length);
  if (end === undefined || !ENDINGS.includes(regex.slice(end + 1))) return undefined;
  return `^(?:${regex.slice(BEGINNING.length, end)})`;
}

/** Index of the bracket that closes the group with contents from `from`. */
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
