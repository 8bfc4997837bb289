import type { TextCursor } from './text-cursor.js';

/** Maximum number of lines, and of `${` and `%{`, in one string, because parsing time grows with the square of their number. */
const MAX_PIECES = 2000;
const TOO_MANY_PIECES = `has more than ${MAX_PIECES} lines, \${ and %{ together`;
const HEREDOC = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)[ \t\r]*\n/uy;
const REFERENCE = /[^{}"()[\]!\n]{0,200}\}/y;
const PLAIN = /[^"\\$%\n]+/y;

/** Reads a quoted string from after its opening quote through its closing quote. Returns true if it contains `${…}` or `%{…}`. */
export function readTemplate(cursor: TextCursor): boolean {
  const start = cursor.at - 1;
  let interpolated = false;
  let pieces = 0;
  for (;;) {
    cursor.match(PLAIN);
    if (pieces > MAX_PIECES) cursor.fail(TOO_MANY_PIECES, { at: start, syntax: false });
    if (cursor.ended || cursor.sees('\n')) cursor.fail('this string is not closed', { at: start });
    if (cursor.take('"')) return interpolated;
    if (cursor.take('\\')) cursor.at += 1;
    else if (cursor.take('$${') || cursor.take('%%{')) pieces += 1;
    else if (cursor.take('${') || cursor.take('%{')) {
      interpolated = true;
      pieces += 1;
      if (cursor.match(REFERENCE) === undefined)
        cursor.fail('contains more than a name: expressions are not evaluated', { syntax: false });
    } else cursor.at += 1;
  }
}

/** Reads `<<NAME … NAME`. Returns true if it contains `${…}` or `%{…}`. */
export function skipHeredoc(cursor: TextCursor): boolean {
  const start = cursor.at;
  HEREDOC.lastIndex = start;
  const [head, name] = HEREDOC.exec(cursor.text) ?? [];
  if (head === undefined || name === undefined) return cursor.fail('is not a heredoc');
  const body = start + head.length;
  for (let at = body, lines = 0; at < cursor.text.length; lines += 1) {
    if (lines > MAX_PIECES) cursor.fail(TOO_MANY_PIECES, { at: start, syntax: false });
    const end = cursor.text.indexOf('\n', at);
    const line = cursor.text.slice(at, end === -1 ? undefined : end);
    if (line.trim() === name) {
      // The argument ends after the name, before the end of its line.
      cursor.at = at + line.length;
      return interpolated(cursor, body, at);
    }
    if (end === -1) break;
    at = end + 1;
  }
  return cursor.fail(`this heredoc is not closed: ${name} is missing on a line of its own`, { at: start });
}

function interpolated(cursor: TextCursor, from: number, to: number): boolean {
  let found = false;
  let pieces = 0;
  for (const match of cursor.text.slice(from, to).matchAll(/\$\$\{|%%\{|[$%]\{/g)) {
    pieces += 1;
    if (pieces > MAX_PIECES) cursor.fail(TOO_MANY_PIECES, { at: from, syntax: false });
    if (match[0].length === 3) continue;
    found = true;
    const behind = from + match.index + 2;
    REFERENCE.lastIndex = behind;
    if (!REFERENCE.test(cursor.text))
      cursor.fail('contains more than a name: expressions are not evaluated', {
        at: behind,
        syntax: false,
      });
  }
  return found;
}
