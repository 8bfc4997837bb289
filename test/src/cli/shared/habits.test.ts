import { closeSync, openSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { checkHabits, KINDS } from '#src/cli/shared/habits.js';
import { createProgram } from '#src/cli/program.js';
import { muster, MUSTER } from '../../../fixtures/program.js';

const program = await createProgram();

void t.test('names the command to use instead of one of another program', async (t) => {
  for (const [line, use] of [
    ['jobs', 'muster job list'],
    ['ps', 'muster alloc list'],
    ['nodes', 'muster node list'],
    ['get nodes', 'muster node list'],
    ['get nodes vm-3', 'muster node status vm-3'],
    ['get node/vm-3', 'muster node status vm-3'],
    ['get pods', 'muster alloc list'],
    ['describe pod 6a1f', 'muster alloc status 6a1f'],
    ['delete job hello', 'muster job delete hello'],
    ['scale hello', 'muster job scale hello COUNT'],
    ['get', 'muster job list'],
    ['describe job hello', 'muster job status hello'],
    ['describe service web', 'muster service show web'],
    ['inspect hello', 'muster job status hello'],
    ['logs hello', 'muster job logs hello'],
    ['logs -f hello', 'muster job logs hello'],
    ['stop hello', 'muster job stop hello'],
    ['run hello.nomad', 'muster job run hello.nomad'],
    ['cordon vm-3', 'muster node eligibility vm-3 --disable'],
  ] as const)
    t.throws(() => checkHabits(program, line.split(' ')), { message: `use ${use}` }, line);
});

void t.test('names only commands that exist', async (t) => {
  const ofKinds = Object.keys(KINDS).flatMap((kind) => [
    `get ${kind}s`,
    `describe ${kind} x`,
    `delete ${kind} x`,
  ]);
  for (const line of [
    'ps',
    'logs',
    'stop',
    'restart',
    'apply',
    'create',
    'rm',
    'scale',
    'crontab',
    ...ofKinds,
  ])
    try {
      checkHabits(program, line.split(' '));
      t.fail(line);
    } catch (error) {
      const uses = [...(error as Error).message.matchAll(/muster (\S+) (\S+)/g)];
      t.ok(uses.length > 0, line);
      for (const [use, group, name] of uses) {
        const [found] = program.commands.filter((each) => each.name() === group);
        t.ok(
          found?.commands.some((each) => each.name() === name?.replace(/,$/, '')),
          `${line}: ${use}`,
        );
      }
    }
});

void t.test('names the right form of an option with one dash', async (t) => {
  for (const [line, use] of [
    ['job run -detach hello.nomad', '-detach: use --detach'],
    ['job stop -purge hello', '-purge: use --purge'],
    ['job list -address=http://a:1', '-address: use --address=http://a:1'],
    ['job status -json', '-json: use -o json'],
    ['job status -verbose hello', '-verbose: use -o wide'],
    ['node drain -enable vm-3', '-enable: use --enable'],
  ] as const)
    t.throws(() => checkHabits(program, line.split(' ')), { message: use }, line);
  for (const line of [
    'job list --sort -status',
    'job logs -f -n 3 hello',
    'task create --name a -- curl -json -detach',
    'events --since -2h',
    'job list -o json',
    'help job',
    '--version',
  ])
    t.doesNotThrow(() => checkHabits(program, line.split(' ')), line);
});

void t.test('answers on the command line with one line and exit code 1', async (t) => {
  t.match(await muster(['get', 'nodes']), {
    code: 1,
    stdout: '',
    stderr: 'there is no command "get"; use muster node list',
  });
});

void t.test('prints no stack if its output is full or closed', async (t) => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [MUSTER, '--help'], { stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  const ended = once(child, 'close');
  const said = await text(child.stderr!);
  t.match(said, /^cannot write the output: .*ENOSPC.*\n$/);
  t.same(await ended, [1, null]);
  const closed = spawn(process.execPath, [MUSTER, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  closed.stdout.destroy();
  const over = once(closed, 'close');
  t.equal(await text(closed.stderr), '');
  t.same(await over, [0, null]);
});
