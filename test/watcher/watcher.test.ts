import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { NatsServer } from '../fixtures/nats-server.js';
import { onEachNats } from '../fixtures/nats-scene.js';
import { Program } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

const WATCHER = join(import.meta.dirname, '../../../test/watcher/watcher.py');
const DOCUMENT = join(import.meta.dirname, '../../../openapi/asyncapi.json');

interface Line {
  readonly subject?: string;
  readonly id?: string;
  readonly answer?: { readonly error: string };
  readonly problems: readonly string[];
}

onEachNats(t, 'a watcher in another language needs only the AsyncAPI document', async (t, binary) => {
  if (!required(t, spawnSync('python3', ['--version']).status === 0, 'python3')) return;
  t.notMatch(
    readFileSync(WATCHER, 'utf8'),
    /import (?!base64|json|re|socket|sys)\w+$/m,
    'the watcher uses only the standard library of its language',
  );
  const nats = await NatsServer.start(t, { binary });
  const folder = ownFolder(t);
  const env = { MUSTER_NATS_URL: nats.url };
  const server = await startServer(t, { dataDir: join(folder, 'server'), env });
  const agent = await startAgent(t, server, {
    dataDir: join(folder, 'agent'),
    env: { ...env, MUSTER_SERVER_URL: '' },
  });

  const watcher = Program.start({
    command: 'python3',
    args: [
      WATCHER,
      DOCUMENT,
      '127.0.0.1',
      String(nats.port),
      nats.login.user ?? '',
      nats.login.pass ?? '',
      agent.nodeId,
      '12',
    ],
  });
  t.teardown(() => watcher.end('SIGKILL'));
  const lines = (): Line[] => watcher.stdout.map((line) => JSON.parse(line) as Line);
  await eventually(() => lines().some(({ answer }) => answer !== undefined), {
    what: `a response\n${watcher.tail()}`,
  });

  const task = (command: string) => ({ name: 'main', config: { command }, env: { SECRET: 'hunter2' } });
  await server.api.submit({ job_id: 'good', task_groups: [{ name: 'web', tasks: [task('true')] }] });
  await server.api.submit({
    job_id: 'bad',
    task_groups: [{ name: 'web', tasks: [task('exit 3')], restart: { attempts: 1, delay: 0 } }],
  });
  await server.api.submit({
    job_id: 'large',
    task_groups: [{ name: 'web', tasks: [{ ...task('true'), resources: { cpu: 1_000_000_000 } }] }],
  });
  await server.api.post('/templates', {
    name: 'template',
    task_groups: [{ name: 'web', tasks: [task('true')] }],
  });
  await server.api.jobIs('bad', 'failed');
  const { code } = await watcher.exited;
  t.equal(code, 0, watcher.tail());
  t.same(
    lines().flatMap(({ problems }) => problems),
    [],
    'all messages match the document',
  );
  t.match(
    lines().find(({ answer }) => answer !== undefined)?.answer?.error,
    /sealed with the secret of its node/,
    'a query without the secret of the node is refused',
  );
  const seen = lines().flatMap(({ id }) => id ?? []);
  const logged = (await readEvents(server.dataDir)).map(({ id }) => id);
  const first = logged.indexOf(seen[0] ?? '');
  t.same(
    seen,
    logged.slice(first, first + seen.length),
    'the watcher receives every event, in the order of the log',
  );
  t.notOk(watcher.tail(1000).includes('hunter2'));
});
