import type { TextCursor } from './text-cursor.js';

const HEREDOC = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)[ \t\r]*\n/uy;
const REFERENCE = /[^{}"()[\]!\n]{0,200}\}/y;
const PLAIN = /[^"\\$%\n]+/y;

/** Reads a quoted string after its opening quote, including the closing one. Returns true if it contains `${…}` or `%{…}`. */
export function readTemplate(cursor: TextCursor): boolean {
  const start = cursor.at - 1;
  let interpolated = false;
  for (;;) {
    cursor.match(PLAIN);
    if (cursor.ended || cursor.sees('\n')) cursor.fail('nothing closes this text', { at: start });
    if (cursor.take('"')) return interpolated;
    if (cursor.take('\\')) cursor.at += 1;
    else if (cursor.take('$${') || cursor.take('%%{')) continue;
    else if (cursor.take('${') || cursor.take('%{')) {
      interpolated = true;
      if (cursor.match(REFERENCE) === undefined)
        cursor.fail('is more than a name between brackets: nothing is evaluated here', { syntax: false });
    } else cursor.at += 1;
  }
}

/** Reads `<<NAME … NAME`. Returns true if it contains `${…}` or `%{…}`. */
export function skipHeredoc(cursor: TextCursor): boolean {
  const start = cursor.at;
  HEREDOC.lastIndex = start;
  const [head, name] = HEREDOC.exec(cursor.text) ?? [];
  if (head === undefined || name === undefined) return cursor.fail('is no text');
  const body = start + head.length;
  for (let at = body; at < cursor.text.length;) {
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
  return cursor.fail(`no line says ${name}, which would end this text`, { at: start });
}

/** Whether `${…}` or `%{…}` occurs between two offsets. */
function interpolated(cursor: TextCursor, from: number, to: number): boolean {
  let found = false;
  for (const match of cursor.text.slice(from, to).matchAll(/\$\$\{|%%\{|[$%]\{/g)) {
    if (match[0].length === 3) continue;
    found = true;
    const behind = from + match.index + 2;
    REFERENCE.lastIndex = behind;
    if (!REFERENCE.test(cursor.text))
      cursor.fail('is more than a name between brackets: nothing is evaluated here', {
        at: behind,
        syntax: false,
      });
  }
  return found;
}
