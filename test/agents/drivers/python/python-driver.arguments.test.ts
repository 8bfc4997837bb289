import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { PYTHON } from '../../../fixtures/drivers.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { call, order, startPair } from '../../support/agent.js';
import { until } from '../../support/peer-server.js';

const skip = PYTHON === undefined ? 'there is no Python in the tasks’ PATH' : false;
/** A marker that must never appear in command lines. */
const CANARY = 'argument-canary-7f3a';

const of = (config: object, env: Record<string, string> = {}): AllocationOrder => {
  const { task_group, ...given } = order({});
  return {
    ...given,
    task_group: { ...task_group, tasks: [{ name: 'main', driver: 'python', config, env }] },
  };
};

function commandLines(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    })
    .join('\n');
}

type Ran = { readonly log: string; readonly code: number | null | undefined };

async function runner(
  t: Test,
): Promise<(config: object, env?: Record<string, string>, status?: 'complete' | 'failed') => Promise<Ran>> {
  const { agent, peer } = await startPair(t);
  return async (config, env = {}, status = 'complete') => {
    const subject = of(config, env);
    peer.want(subject);
    const { tasks } = await peer.reported(subject.allocation_id, status);
    const stream = status === 'failed' ? 'stderr' : 'stdout';
    const { body } = await call<string>(
      'GET',
      `${agent.url}/allocations/${subject.allocation_id}/logs?type=${stream}`,
    );
    return { log: body, code: tasks['main']?.exit_code };
  };
}

void t.test('does not put arguments on a command line', { skip }, async (t) => {
  const folder = ownFolder(t);
  const { peer } = await startPair(t);
  const wait = `import os, sys, time\nopen("${folder}/" + sys.argv[1][:8] + str(len(sys.argv)), "x")\nwhile not os.path.exists("${folder}/go"): time.sleep(0.02)`;
  await writeFile(path.join(folder, 'job.py'), wait);
  const jobs = [
    of(
      { command: '-c', arguments: [{ env: 'MUSTER_ARGUMENT_0' }, { env: 'MUSTER_ARGUMENT_1' }] },
      { MUSTER_ARGUMENT_0: wait, MUSTER_ARGUMENT_1: CANARY },
    ),
    of({ command: path.join(folder, 'job.py'), arguments: [{ env: 'X' }, CANARY] }, { X: CANARY }),
  ];
  for (const each of jobs) peer.want(each);
  await until(async () => (await readdir(folder)).filter((name) => name.startsWith('argument')).length === 2);
  t.notMatch(commandLines(), CANARY);
  await writeFile(path.join(folder, 'go'), '');
  for (const each of jobs) await peer.reported(each.allocation_id, 'complete');
});

void t.test('passes arguments to a script as Python does', { skip }, async (t) => {
  const run = await runner(t);
  const folder = ownFolder(t);
  await mkdir(path.join(folder, 'pkg'));
  await writeFile(path.join(folder, 'near.py'), 'NAME = "near"\n');
  await writeFile(
    path.join(folder, 'pkg', '__main__.py'),
    'import sys\nprint("main of a folder", sys.argv[1:])\n',
  );
  await writeFile(
    path.join(folder, 'job.py'),
    [
      '# -*- coding: latin-1 -*-',
      'import json, multiprocessing, os, sys, near',
      'def double(n): return 2 * n',
      'if __name__ == "__main__":',
      '    pool = multiprocessing.get_context("spawn").Pool(1)',
      '    left = sorted(name for name in os.environ if "ARGUMENT" in name)',
      '    print(json.dumps([sys.argv, __file__, near.NAME, left, pool.map(double, [21])]))',
    ].join('\n'),
  );
  const odd = ['', '--x', 'a\nb', 'é 漢', "'$(id)`\\", '-c'];
  const { log } = await run({ command: 'job.py', arguments: odd, working_directory: folder });
  t.same(JSON.parse(log), [['job.py', ...odd], 'job.py', 'near', [], [42]]);
  t.equal(
    (await run({ command: 'pkg', arguments: ['x'], working_directory: folder })).log,
    "main of a folder ['x']\n",
  );
  t.match(await run({ command: 'missing.py', arguments: ['x'], working_directory: folder }, {}, 'failed'), {
    code: 2,
    log: /missing\.py.*No such file/,
  });
});

void t.test('passes inline code its own arguments only', { skip }, async (t) => {
  const run = await runner(t);
  const show =
    'import sys\nprint(sys.argv, __name__, sorted(n for n in globals() if not n.startswith("__")), "__file__" in globals())';
  t.equal((await run({ command: '-c', arguments: [show, 'x'] })).log, "['-c', 'x'] __main__ ['sys'] False\n");
  t.match(await run({ command: '-c', arguments: ['raise SystemExit(9)'] }, {}, 'failed'), { code: 9 });
  t.match(await run({ command: '-c', arguments: ['1 +'] }, {}, 'failed'), { code: 1, log: /SyntaxError/ });
  t.match(await run({ command: '-c', arguments: ['raise ValueError("told")'] }, {}, 'failed'), {
    code: 1,
    log: /ValueError: told/,
  });
  const left = { MUSTER_ARGUMENT_0: show, MUSTER_ARGUMENT_1: 'of the definition', MUSTER_ARGUMENT_2: 'too' };
  const count = await run({ command: '-c', arguments: [{ env: 'MUSTER_ARGUMENT_0' }] }, left);
  t.match(count.log, /^\['-c'\]/, 'a run with fewer arguments than its task gets only its own arguments');
});
