import type { TextCursor } from './text-cursor.js';

/** Maximum number of lines, `$` and `%` in one string, because the parser makes a piece of each, and its time grows with the square of their number. */
const MAX_PIECES = 2000;
const QUOTED = /"(?:[^"\\\n]|\\[^\n])*"/y;
const HEREDOC_HEAD = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)[ \t\r]*\n/uy;
const HEREDOC = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)[ \t\r]*\n[^]*?(?<=\n)[^\S\n]*\1[^\S\n]*(?=\n|$)/uy;
const PIECE = /\$\$\{|%%\{|[$%]\{/g;
const REFERENCE = /[^{}"()[\]!\n]{0,200}\}/y;

/** Reads a string in quotes. Returns true if it contains `${…}` or `%{…}`. */
export function readQuoted(cursor: TextCursor): boolean {
  const start = cursor.at;
  const text = cursor.match(QUOTED) ?? cursor.fail('this string is not closed');
  return isInterpolated(cursor, start, text, 0);
}

/** Reads `<<NAME … NAME`. Returns true if it contains `${…}` or `%{…}`. The text after it begins with the end of the line. */
export function readHeredoc(cursor: TextCursor): boolean {
  const start = cursor.at;
  const text = cursor.match(HEREDOC);
  if (text !== undefined) return isInterpolated(cursor, start, text, text.split('\n').length);
  const name = (cursor.match(HEREDOC_HEAD) ?? cursor.fail('is not a heredoc')).replace(/^<<-?/, '').trim();
  return cursor.fail(`this heredoc is not closed: ${name} is missing on a line of its own`, { at: start });
}

function isInterpolated(cursor: TextCursor, start: number, text: string, lines: number): boolean {
  if (lines + (text.match(/[$%]/g)?.length ?? 0) > MAX_PIECES)
    cursor.fail(`has more than ${MAX_PIECES} lines, $ and % together`, { at: start, syntax: false });
  const pieces = [...text.matchAll(PIECE)];
  const references = pieces.filter(([piece]) => piece.length === 2);
  for (const { index } of references) {
    REFERENCE.lastIndex = index + 2;
    if (!REFERENCE.test(text))
      cursor.fail('contains more than a name: expressions are not evaluated', {
        at: start + index + 2,
        syntax: false,
      });
  }
  return references.length > 0;
}
