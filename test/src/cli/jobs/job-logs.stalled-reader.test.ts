import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import { eventually } from '../../../fixtures/eventually.js';
import { MUSTER } from '../../../fixtures/program.js';
import { place, placed, started } from '../../../projections/events.js';
import { noAgents, openTestApi } from '../../surfaces/kit/support/test-api.js';

t.setTimeout(180_000);

const LINE = `${'x'.repeat(1023)}\n`;
const CHUNK = Buffer.from(LINE.repeat(64));
const MEBIBYTE = 1_048_576;
/** What lies between a task and a reader that takes nothing: sockets and streams of the server and of the client. */
const BUFFERS = 24 * MEBIBYTE;
/** Much more than that, so that a client that keeps it all cannot be missed. */
const ENDLESS = 512 * MEBIBYTE;

/** A job whose task writes whenever somebody reads, and how much it has written. */
async function flood(t: Test) {
  let written = 0;
  const agentChannel: AgentChannel = {
    ...noAgents,
    logs: async () => {
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (; written < ENDLESS; written += CHUNK.length) yield CHUNK;
      }
      return { kind: 'found', chunks: chunks() };
    },
  };
  const api = await openTestApi(t, { agentChannel });
  await api.say('POST', '/register', {
    node_id: 'n1',
    ip_address: '10.0.0.5',
    resources: { cpu: 1000, memory: 1000 },
    endpoint: 'http://10.0.0.5:9000',
  });
  await api.say('POST', '/jobs', {
    job_id: 'flood',
    task_groups: [{ name: 'web', tasks: [{ name: 'main', config: { command: 'true' } }] }],
  });
  await api.happened(placed(place('a1', 'flood')), started(place('a1', 'flood')));
  return { address: await api.app.listen({ port: 0, host: '127.0.0.1' }), written: () => written };
}

function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

for (const args of [['-f'], ['-f', '-o', 'json'], ['-f', '--all']])
  void t.test(`job logs ${args.join(' ')} reads no more than its own reader takes`, async (t) => {
    const { address, written } = await flood(t);
    const child = spawn(process.execPath, [MUSTER, 'job', 'logs', ...args, 'flood'], {
      env: { ...process.env, MUSTER_SERVER_URL: address },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    const { pid = 0, stdout } = child;
    // Nothing is read from its output: no listener, and the stream is paused.
    await eventually(() => written() > 0);
    let before = -1;
    await eventually(async () => {
      const same = written() === before;
      before = written();
      await sleep(500);
      return same && written() === before;
    });
    t.ok(written() < BUFFERS, `${written()} bytes were read for nobody`);
    const memory = memoryOf(pid);
    await sleep(500);
    t.ok(memoryOf(pid) - memory < 8 * MEBIBYTE, 'its memory stays as it is');

    let taken = 0;
    stdout.on('data', (bytes: Buffer) => (taken += bytes.length));
    await eventually(() => taken > BUFFERS);
    t.ok(taken > BUFFERS, 'a reader that goes on gets the rest');
  });
