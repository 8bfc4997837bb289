import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { taken } from '../fixtures/api.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { Program } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const COMMANDS = 100;

void t.test('each of 100 serial commands reaches the disk before its response', async (t) => {
  if (!required(t, spawnSync('strace', ['-V']).status === 0, 'strace')) return;
  const folder = ownFolder(t);
  const server = await startServer(t, { dataDir: join(folder, 'server') });
  const summary = join(folder, 'strace.txt');
  const strace = Program.start({
    command: 'strace',
    args: ['-f', '-c', '-e', 'trace=fsync,fdatasync', '-o', summary, '-p', String(server.pid)],
  });
  t.teardown(() => strace.end('SIGKILL'));
  await eventually(() => strace.stderr.some((line) => line.includes('attached')), {
    what: 'strace attached to the server',
  });

  for (let index = 0; index < COMMANDS; index += 1)
    taken(await server.api.post('/templates', { name: `template ${index}` }));
  await strace.end('SIGINT');
  const calls = readFileSync(summary, 'utf8')
    .split('\n')
    .map((line) => /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(fsync|fdatasync)$/.exec(line))
    .reduce((sum, match) => sum + Number(match?.[1] ?? 0), 0);
  t.ok(calls >= COMMANDS, `${calls} calls of fsync or fdatasync`);
  await invariantsHold(t, server);
});

void t.test(
  'if a disk sync fails, no command is acknowledged, the server exits, and the next one has all acknowledged commands',
  async (t) => {
    if (!required(t, spawnSync('strace', ['-V']).status === 0, 'strace')) return;
    const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
    const acknowledged = Array.from({ length: 20 }, (_, index) => `before-${index}`);
    for (const id of acknowledged) await server.api.submit(job(id));

    const strace = Program.start({
      command: 'strace',
      args: [
        '-f',
        '-e',
        'trace=fsync,fdatasync',
        '-e',
        'inject=fsync,fdatasync:error=EIO',
        '-o',
        '/dev/null',
        '-p',
        String(server.pid),
      ],
    });
    t.teardown(() => strace.end('SIGKILL'));
    await eventually(() => strace.stderr.some((line) => line.includes('attached')), {
      what: 'strace attached to the server',
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        try {
          return (await server.api.post('/jobs', job(`during-${index}`), { timeout: 10_000 })).status;
        } catch {
          return 0;
        }
      }),
    );
    t.same(
      answers.filter((status) => status > 0 && status < 500),
      [],
      'no command was acknowledged',
    );
    const { code } = await eventually(() => server.program.status, {
      timeout: 20_000,
      what: 'the end of the server',
    });
    t.ok(code !== 0, `exit status ${code}`);
    await strace.end('SIGKILL');

    await server.start();
    const listed = new Set((await server.api.jobs()).map((each) => each.job_id));
    t.same(
      acknowledged.filter((id) => !listed.has(id)),
      [],
      'every acknowledged job is listed',
    );
    await server.api.submit(job('after'));
    await invariantsHold(t, server);
  },
);
