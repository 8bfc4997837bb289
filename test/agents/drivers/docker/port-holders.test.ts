import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { PortHolders } from '#agents/drivers/docker/port-holders.js';
import type { AgentLog } from '#agents/platform/log.js';

const TENANTS = { first: 200_000, last: 265_535 };
const isRoot = process.geteuid?.() === 0;

function recordingLog(): { readonly log: AgentLog; readonly entries: object[] } {
  const entries: object[] = [];
  const write = (fields: object, code: string): void => void entries.push({ ...fields, code });
  return { log: { debug: write, info: write, warn: write, error: write }, entries };
}

/** Starts a process of the user that listens on a free port, and returns the port. */
async function heldBy(t: Test, uid: number, host: string): Promise<number> {
  const program = `const s = require('node:net').createServer().listen(0, ${JSON.stringify(host)}, () => console.log(s.address().port))`;
  const holder = spawn(process.execPath, ['-e', program], {
    uid,
    gid: uid,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => holder.kill('SIGKILL'));
  const [line] = (await once(holder.stdout, 'data')) as [Buffer];
  return Number(line.toString());
}

const said = (port: number): string =>
  `driver failed programming external connectivity on endpoint x: Error starting userland proxy: listen tcp4 0.0.0.0:${port}: bind: address already in use`;

void t.test(
  'says that a process of a tenant holds a port, and logs its user',
  { skip: !isRoot },
  async (t) => {
    const { log, entries } = recordingLog();
    const holders = new PortHolders({ separation: 'separate', range: TENANTS }, log);
    for (const host of ['0.0.0.0', '::', '127.0.0.1']) {
      const port = await heldBy(t, 200_123, host);
      t.equal(
        await holders.problemOf(said(port)),
        `port ${port}: address already in use by a process of a tenant`,
      );
      t.match(entries.at(-1), { port, uids: [200_123], code: 'agent.docker.port-taken' });
    }
    const port = await heldBy(t, 65_534, '0.0.0.0');
    t.equal(await holders.problemOf(said(port)), `port ${port}: address already in use`);
    t.match(entries.at(-1), { port, uids: [65_534] });
  },
);

void t.test('does not guess who holds a port that nobody listens on', async (t) => {
  const { log } = recordingLog();
  const holders = new PortHolders({ separation: 'separate', range: TENANTS }, log);
  t.equal(
    await holders.problemOf('Bind for 10.1.2.3:1 failed: port is already allocated'),
    'port 1: port is already allocated',
  );
  t.equal(await holders.problemOf('exec format error'), undefined);
});
