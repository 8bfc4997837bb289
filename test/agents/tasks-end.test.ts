import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { whyTasksEndWith } from '#agents/tasks-end.js';
import { ownFolder } from '../fixtures/folder.js';

type Process = readonly [pid: number, parent: number, ...words: string[]];

/** Creates a fake /proc with these processes. */
function procOf(t: Test, ...processes: readonly Process[]): string {
  const folder = ownFolder(t);
  for (const [pid, parent, ...words] of processes) {
    const place = path.join(folder, String(pid));
    const name = path.basename(words[0] ?? '');
    mkdirSync(place);
    writeFileSync(path.join(place, 'comm'), `${name}\n`);
    writeFileSync(path.join(place, 'cmdline'), `${words.join('\0')}\0`);
    writeFileSync(path.join(place, 'stat'), `${pid} (${name}) S ${parent} 0 0\n`);
  }
  return folder;
}

void t.test("detects that tasks end together with the first process of the agent's container", async (t) => {
  const agent = (pid: number, parent: number): Process => [pid, parent, 'node', 'main.js', 'agent'];
  t.match(whyTasksEndWith(1, procOf(t, agent(1, 0))), /first process/);
  for (const init of ['/sbin/docker-init', '/usr/bin/tini', '/usr/bin/dumb-init', '/catatonit'])
    t.match(
      whyTasksEndWith(7, procOf(t, [1, 0, init, '--', 'node'], agent(7, 1))),
      new RegExp(path.basename(init)),
      init,
    );
  t.match(
    whyTasksEndWith(7, procOf(t, [1, 0, '/bin/sh', '-c', 'node main.js agent; true'], agent(7, 1))),
    /sh/,
  );
  t.match(
    whyTasksEndWith(
      9,
      procOf(t, [1, 0, 'tini', '--', 'run.sh'], [8, 1, 'bash', '-ec', 'muster agent'], agent(9, 8)),
    ),
    /tini/,
    'tini is found above several shells',
  );
});

void t.test('detects an init system under which tasks outlive the agent', async (t) => {
  const agent: Process = [7, 1, 'node', 'main.js', 'agent'];
  for (const init of [
    ['/sbin/init'],
    ['/usr/lib/systemd/systemd', '--system'],
    ['/sbin/openrc-init'],
    ['bash'],
    ['-bash'],
    ['/usr/bin/s6-svscan'],
  ])
    t.equal(whyTasksEndWith(7, procOf(t, [1, 0, ...init], agent)), undefined, init.join(' '));
  t.equal(
    whyTasksEndWith(9, procOf(t, [1, 0, 'tini'], [8, 1, 'supervisord'], [9, 8, 'node'])),
    undefined,
    'a supervisor above the agent continues',
  );
  t.equal(
    whyTasksEndWith(7, procOf(t, [7, 0, 'node'])),
    undefined,
    'the agent was started inside a running container',
  );
  t.equal(whyTasksEndWith(7, ownFolder(t)), undefined, 'the processes cannot be read');
});
