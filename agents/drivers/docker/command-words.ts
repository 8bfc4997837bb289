export class CommandSyntaxError extends Error {
  override readonly name = 'CommandSyntaxError';
}

/**
 * Splits a command into words like a shell, but without variables, globs, pipes, substitutions or comments: `$HOME`, `*`, `;` and `#` are plain text.
 * Words are separated by spaces, tabs and newlines. Single quotes preserve everything; in double quotes only `\"` and `\\` are escapes; elsewhere a
 * backslash escapes the next character. Adjacent quoted parts join, and empty quotes make an empty word: `a"b c"''` is one word, and so is `""`.
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
