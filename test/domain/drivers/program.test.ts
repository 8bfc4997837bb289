import t from 'tap';
import { program } from '#domain/drivers/program.js';

/** Each field with its longest valid value and some invalid ones. */
const BOUNDS = {
  command: { longest: 'c'.repeat(65_536), refused: ['', 'c'.repeat(65_537)] },
  args: {
    longest: Array.from({ length: 1024 }, () => 'a'),
    refused: [Array.from({ length: 1025 }, () => 'a'), ['a'.repeat(32_769)], 'a'],
  },
  work_dir: { longest: `/${'w'.repeat(4095)}`, refused: ['', 'relative', `/${'w'.repeat(4096)}`] },
  user: { longest: 'u'.repeat(32), refused: ['', 'u'.repeat(33), '-u', 'u:g', 'u\n'] },
} as const;

for (const [name, { longest, refused }] of Object.entries(BOUNDS)) {
  void t.test(`${name} is accepted up to its limit`, (t) => {
    const schema = program[name as keyof typeof BOUNDS];
    t.ok(schema.safeParse(longest).success, 'the longest valid value');
    for (const value of refused) t.notOk(schema.safeParse(value).success, JSON.stringify(value).slice(0, 20));
    t.end();
  });
}

void t.test('an argument may be empty, or as long as the limit', (t) => {
  t.ok(program.args.safeParse(['', 'a'.repeat(32_768)]).success);
  t.ok(program.args.safeParse([]).success);
  t.end();
});
