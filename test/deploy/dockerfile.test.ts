import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { settingDefaults } from '#src/server/settings/settings.js';
import { ROOT } from './compose-file.js';

const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line));
const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
const of = (all: readonly string[], word: string): string[] =>
  all.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1).trim());

void t.test('every stage begins with the same pinned Node, one that package.json allows', async (t) => {
  const images = of(lines, 'FROM').map((line) => line.split(' ')[0] ?? '');
  t.equal(new Set(images).size, 1);
  const [, major, minor] = /^node:(\d+)\.(\d+)\.\d+-bookworm-slim$/.exec(images[0] ?? '') ?? [];
  t.ok(Number(major) === 20 && Number(minor) >= 19, images.join(', '));
});

void t.test('what is copied is there, and is not ignored', async (t) => {
  const kept = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  for (const line of of(lines, 'COPY')) {
    if (line.startsWith('--from=')) continue;
    for (const source of line
      .split(/\s+/)
      .filter((word) => !word.startsWith('--'))
      .slice(0, -1)) {
      t.ok(existsSync(join(ROOT, source)), source);
      t.ok(kept.includes(source), `${source} is in the build's context`);
    }
  }
});

void t.test('it runs node itself, as nobody special, on the program that package.json names', async (t) => {
  t.same(of(last, 'USER'), ['node']);
  const [command, program, role] = JSON.parse(of(last, 'CMD')[0] ?? '[]') as string[];
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: { muster: string } };
  t.same([command, program, role], ['node', bin.muster, 'server']);
  t.same(of(last, 'ENTRYPOINT'), []);
  t.same(of(last, 'EXPOSE'), [String(settingDefaults().get('MUSTER_PORT'))]);
});

void t.test('its settings are settings, and its data are in a volume', async (t) => {
  const names = of(last, 'ENV').flatMap((line) => [...line.matchAll(/(MUSTER_\w+)=(\S+)/g)]);
  for (const [, name = ''] of names) t.ok(settingDefaults().has(name), name);
  t.same(of(last, 'VOLUME'), [names.find(([, name]) => name === 'MUSTER_DATA_DIR')?.[2]]);
});
