import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { MUSTER } from '../../../fixtures/program.js';
import { place, placed, started } from '../../../projections/events.js';
import { noAgents, openTestApi } from '../../http/support/test-api.js';

t.setTimeout(180_000 * PATIENCE);

const LINE = `${'x'.repeat(1023)}\n`;
const CHUNK = Buffer.from(LINE.repeat(64));
const MEBIBYTE = 1_048_576;
/** More than the sockets and streams of server and client buffer while nothing is read. How much the kernel buffers depends on the machine. */
const BUFFERS = 64 * MEBIBYTE;
/** Much more than the buffers, so that a client that stores everything fails the test. */
const ENDLESS = 512 * MEBIBYTE;

/** Submits a job whose task writes as fast as its log is read. `written` returns the number of bytes so far. */
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
  void t.test(`job logs ${args.join(' ')} requests no more than its reader consumes`, async (t) => {
    const { address, written } = await flood(t);
    const child = spawn(process.execPath, [MUSTER, 'job', 'logs', ...args, 'flood'], {
      env: { ...process.env, MUSTER_SERVER_URL: address },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    const { pid = 0, stdout } = child;
    // Nothing reads the output yet: it has no listener, and the stream is paused.
    await eventually(() => written() > 0);
    let before = -1;
    await eventually(async () => {
      const same = written() === before;
      before = written();
      await sleep(500);
      return same && written() === before;
    });
    // On a busy machine, the client may only now get to handle what it has received.
    await eventually(
      async () => {
        const memory = memoryOf(pid);
        await sleep(500);
        return memoryOf(pid) - memory < 8 * MEBIBYTE;
      },
      { what: 'the memory of the client to stop growing' },
    );
    t.ok(written() < BUFFERS, `only ${written()} bytes were requested while nothing was consumed`);

    let taken = 0;
    stdout.on('data', (bytes: Buffer) => (taken += bytes.length));
    await eventually(() => taken > BUFFERS, { what: 'the rest of the log after the reader has resumed' });
  });
