import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { createProgram } from '#src/cli/program.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { documented, unknownIn } from './commands.js';

t.setTimeout(300_000 * PATIENCE);

const FILES = [
  'README.md',
  ...['docs', 'docs/flows'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

await t.test('each command in the README and docs exists, with its options', async (t) => {
  const program = await createProgram();
  const all = FILES.flatMap((file) =>
    documented(readFileSync(file, 'utf8')).map((words) => ({ file, words })),
  );
  t.ok(all.length > 60, `${all.length} commands were found`);
  for (const { file, words } of all)
    t.equal(unknownIn(words, program), undefined, `${file}: muster ${words}`);
  t.equal(unknownIn('job run --nothing', program), '--nothing');
  t.equal(unknownIn('job walk', program), 'walk');
});

await t.test('the first commands of the README run as written', async (t) => {
  const server = await startServer(t, { env: { MUSTER_EMBEDDED_AGENT: 'true' } });
  await eventually(async () => (await server.api.nodes()).some(({ healthy }) => healthy), {
    timeout: 120_000,
    what: 'the local agent',
  });
  const steps = [...readFileSync('README.md', 'utf8').matchAll(/^npx muster ([^#\n]+)/gm)].map(
    ([, words = '']) => words.trim().split(/\s+/),
  );
  t.same(
    steps.map((words) => words.slice(0, 2).join(' ')),
    ['job run', 'job status', 'job logs', 'events --job'],
  );
  for (const words of steps) {
    const { code, stdout, stderr } = await muster(words, {
      MUSTER_SERVER_URL: server.url,
      MUSTER_DATA_DIR: server.dataDir,
    });
    t.equal(code, 0, `${words.join(' ')}: ${stderr}`);
    t.not(stdout, '', words.join(' '));
  }
});
