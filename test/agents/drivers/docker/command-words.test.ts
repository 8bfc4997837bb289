import fc from 'fast-check';
import t from 'tap';
import { commandWords } from '#agents/drivers/docker/command-words.js';

void t.test('splits a command into words as a shell does, without other shell features', async (t) => {
  const cases: [string, string[]][] = [
    ['', []],
    ['  \t\n ', []],
    ['echo a  b', ['echo', 'a', 'b']],
    [`sh -c 'echo "a b"; exit 3'`, ['sh', '-c', 'echo "a b"; exit 3']],
    [`a"b c"'d'e`, ['ab cde']],
    [`"" ''`, ['', '']],
    [String.raw`a\ b "\"\\\n" '\'`, ['a b', String.raw`"\\n`, '\\']],
    [
      '$HOME `id` $(id) * ~ # ; | && > <',
      ['$HOME', '`id`', '$(id)', '*', '~', '#', ';', '|', '&&', '>', '<'],
    ],
  ];
  for (const [command, words] of cases) t.same(commandWords(command), words, command);
  for (const broken of ['"', "'", 'a "b', '\\', 'a\\']) t.throws(() => commandWords(broken), broken);
});

void t.test('restores quoted words unchanged', async () => {
  const quote = (word: string): string => `'${word.replaceAll("'", `'"'"'`)}'`;
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      const split = commandWords(words.map(quote).join(' '));
      return split.length === words.length && split.every((word, index) => word === words[index]);
    }),
  );
});

void t.test('splits or refuses any text in linear time', async () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        return commandWords(text).join('').length <= text.length;
      } catch (error) {
        return error instanceof Error && error.name === 'CommandSyntaxError';
      }
    }),
  );
});
