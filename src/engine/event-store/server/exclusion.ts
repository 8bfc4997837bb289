/** How the exclusions begin that clients for EventStoreDB make: all names but those that begin with what stands within. */
const BEGINNING = '^(?!';
/** What may follow it and changes nothing. */
const ENDINGS: readonly string[] = ['', '.*', '.*$'];

/**
 * The one look-ahead that is taken, because its opposite is a plain regex: `^(?!X)` keeps what `^(?:X)` does not match. Clients leave out the system's events by
 * it (esdbclient for Python does so by default). Answers that opposite; undefined: it is no such regex.
 */
export function excludedBy(regex: string): string | undefined {
  if (!regex.startsWith(BEGINNING)) return undefined;
  const end = closingOf(regex, BEGINNING.length);
  if (end === undefined || !ENDINGS.includes(regex.slice(end + 1))) return undefined;
  return `^(?:${regex.slice(BEGINNING.length, end)})`;
}

/** Where the group closes whose inside begins at `from`. */
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
