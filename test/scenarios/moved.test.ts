import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { startEventStoreProcess } from '../fixtures/event-store-process.js';
import { taken } from '../fixtures/api.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { job } from '../fixtures/jobs.js';
import { muster } from '../fixtures/program.js';
import { startServer, type Server } from '../fixtures/server.js';
import { embeddedWiring } from '../fixtures/wiring/embedded.js';

t.setTimeout(600_000);

/** Sealing and signing keys, which a user copies by hand. */
const KEYS = ['data.key', 'jwt.key', 'keys.db'];

const PATHS = ['/jobs', '/templates', ...['done', 'failed', 'stopped', 'again'].map((id) => `/jobs/${id}`)];

/** Returns the responses about work that has ended. */
async function told(server: Server): Promise<unknown[]> {
  const answers = [];
  for (const path of PATHS) {
    const { status, body } = await server.api.get(path);
    answers.push([path, status, body]);
  }
  return answers;
}

async function succeeds(t: Test, args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await muster([...args, '-o', 'json']);
  t.equal(code, 0, `muster ${args.join(' ')}\n${stderr}${stdout}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

void t.test(
  'responses are the same after a move from SQLite to EventStoreDB and back, and verify succeeds each time',
  async (t) => {
    const folder = ownFolder(t);
    const at = async (name: string, env: Record<string, string> = {}): Promise<Server> => {
      const dataDir = join(folder, name);
      mkdirSync(dataDir, { recursive: true });
      // Keys are not part of the log.
      for (const file of KEYS)
        if (existsSync(join(folder, 'first', file)) && !existsSync(join(dataDir, file)))
          copyFileSync(join(folder, 'first', file), join(dataDir, file));
      return await startServer(t, { dataDir, env, wiring: await embeddedWiring(t, dataDir) });
    };

    const first = await at('first');
    const agent = await startAgent(t, first);
    await first.api.submit(job('done', { command: 'exit 0', count: 3 }));
    await first.api.submit(job('failed', { command: 'exit 3' }));
    await first.api.submit(job('stopped'));
    await first.api.submit(job('again', { command: 'exit 0' }));
    taken(await first.api.post('/templates', { name: 'template' }));
    await first.api.jobIs('done', 'complete');
    await first.api.jobIs('again', 'complete');
    await first.api.jobIs('failed', 'failed');
    await first.api.jobIs('stopped', 'running');
    taken(await first.api.delete('/jobs/stopped'));
    await eventually(async () =>
      (await first.api.job('stopped')).allocations.every(({ status }) => status === 'stopped'),
    );
    await agent.stop();
    const wanted = await told(first);
    const exported = join(folder, 'first.ndjson');
    await succeeds(t, ['export', '--data-dir', first.dataDir, '--file', exported]);
    await first.stop();

    const store = await startEventStoreProcess(t);
    const moved = await succeeds(t, ['import', exported, '--eventstore', store.url]);
    t.equal(moved['events'], moved['written']);
    t.match(
      await succeeds(t, ['import', exported, '--eventstore', store.url]),
      { written: 0 },
      'a second import changes nothing',
    );
    const secret = (name: string): string => readFileSync(join(first.dataDir, name), 'utf8').trim();
    const secrets = { MUSTER_JWT_SECRET: secret('jwt.key'), MUSTER_DATA_KEY: secret('data.key') };
    const second = await at('second', { MUSTER_EVENTSTORE_URL: store.url, ...secrets });
    t.strictSame(await told(second), wanted);
    const secondHolds = await succeeds(t, [
      'verify',
      '--data-dir',
      second.dataDir,
      '--eventstore',
      store.url,
    ]);
    t.match(secondHolds, { holds: true });
    await second.stop();

    const back = join(folder, 'second.ndjson');
    await succeeds(t, ['export', '--eventstore', store.url, '--file', back]);
    await succeeds(t, ['import', back, '--data-dir', join(folder, 'third')]);
    const third = await at('third');
    t.strictSame(await told(third), wanted);
    const thirdHolds = await succeeds(t, ['verify', '--data-dir', third.dataDir]);
    t.match(thirdHolds, { holds: true });
    t.strictSame(documents(thirdHolds), documents(secondHolds), 'no administrator was created again');
    t.equal((await third.api.post('/jobs', job('new'))).status, 200, 'the moved server accepts commands');
    await third.stop();

    const lines = (file: string): unknown[] =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{"stream"'))
        .map((line) => withoutPlace(line));
    const before = lines(exported);
    t.strictSame(
      lines(back).slice(0, before.length),
      before,
      'every event is unchanged, byte for byte and in order',
    );
  },
);

function withoutPlace(line: string): unknown {
  const { position: _position, created: _created, ...rest } = JSON.parse(line) as Record<string, unknown>;
  return rest;
}

function documents({ models }: Record<string, unknown>): unknown {
  return (models as { model: string; documents: number }[]).map(({ model, documents: count }) => [
    model,
    count,
  ]);
}
