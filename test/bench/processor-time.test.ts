import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { Program } from '../fixtures/program.js';
import { processorTime, shareOfEach } from './processor-time.js';

const BUSY =
  'const until = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < until) for (let turn = 0; turn < 1_000_000; turn += 1);';

void t.test(
  'processor time is attributed to the program while a process runs, and to its parent once it has ended',
  async (t) => {
    const before = processorTime();
    spawnSync(process.execPath, ['-e', BUSY]);
    const ended = processorTime();
    const program = Program.start({
      command: process.execPath,
      args: ['-e', `${BUSY} console.log('done'); setInterval(() => undefined, 1_000);`],
    });
    await once(program.child.stdout!, 'data');
    const running = processorTime();
    await program.end('SIGKILL');
    t.ok(taken(before, ended, 'load') >= 0.25, 'the time of an ended child is attributed to its parent');
    t.ok(taken(ended, running, 'node') >= 0.25, 'the time of a running process is attributed to its program');
  },
);

void t.test('processor time is listed by program per unit of work, largest first', (t) => {
  const before = new Map([['server', 1]]);
  const after = new Map([
    ['idle', 0.001],
    ['server', 3],
    ['ferretdb', 4],
  ]);
  t.equal(shareOfEach(before, after, 1_000), '6.00 ms: ferretdb 4.00, server 2.00');
  t.end();
});

function taken(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  name: string,
): number {
  return (after.get(name) ?? 0) - (before.get(name) ?? 0);
}
