/** Thrown for a command whose quotes do not close. */
export class CommandSyntaxError extends Error {
  override readonly name = 'CommandSyntaxError';
}

/**
 * Splits a command into words as a shell would, with nothing else of a shell: no variables, globs, pipes, substitutions or
 * comments, so `$HOME`, `*`, `;` and `#` are plain text.
 *
 * - Words are separated by spaces, tabs and newlines.
 * - In single quotes everything is itself.
 * - In double quotes everything is itself, but `\"` is a quote and `\\` a backslash.
 * - Elsewhere a backslash takes the next character for itself.
 * - Quoted parts join what they touch, and make an empty word where they are empty: `a"b c"''` is one word, `""` is one too.
 */
export function commandWords(command: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: "'" | '"' | undefined;
  for (let index = 0; index < command.length; index += 1) {
    const character = command.charAt(index);
    const next = command.charAt(index + 1);
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else if (quote === '"' && character === '\\' && (next === '"' || next === '\\')) {
        word += next;
        index += 1;
      } else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
    } else if (character === '\\') {
      if (next === '') throw new CommandSyntaxError('command ends in a backslash');
      word = (word ?? '') + next;
      index += 1;
    } else if (/[ \t\r\n]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (quote !== undefined) throw new CommandSyntaxError(`command has an unclosed ${quote}`);
  if (word !== undefined) words.push(word);
  return words;
}
