import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Old-fashioned words that slow readers down. */
const AVOIDED = [
  'beside',
  'whoever',
  'whosoever',
  'for want of',
  'wherein',
  'whereupon',
  'hereby',
  'thereof',
];
/** The option `--beside` of the benchmarks is no sentence. */
const FOUND = new RegExp(`(?<!--|values\\.)\\b(${AVOIDED.join('|')})\\b(?!: \\{)`, 'i');
/** Generated files, and this list. */
const PASSED_BY = /^(src\/cli\/generated\/|test\/tree\/words\.test\.ts$)/;

function texts(): string[] {
  const rooms = ['domain', 'projections', 'agents', 'src', 'test', 'docs', 'deploy', 'examples'];
  const inRooms = rooms.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' }).map((name) => join(room, name)),
  );
  return [...inRooms, 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].filter(
    (path) => /\.(ts|md|sh|service|conf)$/.test(path) && !PASSED_BY.test(path),
  );
}

void t.test('code, tests and documentation contain no archaic words', async (t) => {
  const paths = texts().filter((path) => !/(^|\/)(node_modules|build)\//.test(path));
  t.ok(paths.length > 1_000, `${paths.length} files`);
  const odd = paths.flatMap((path) =>
    readFileSync(join(ROOT, path), 'utf8')
      .split('\n')
      .flatMap((line, index) => (FOUND.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
  t.same(odd, []);
});
