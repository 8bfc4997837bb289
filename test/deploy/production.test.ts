import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Api } from '../fixtures/api.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { mongodb } from '../fixtures/ferretdb.js';
import { ownFolder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { job } from '../fixtures/jobs.js';
import { NatsServer, natsServers } from '../fixtures/nats-server.js';
import { Program } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { EventStoreProcess } from '../fixtures/wiring/event-store-process.js';
import { productionMissing } from '../fixtures/wiring/production.js';
import { composeFile, environmentOf, SECRETS, type Service } from './compose-file.js';

t.setTimeout(600_000);

/** Runs the servers and the agent of docker-compose.yml as processes on this machine. Of their settings, only hosts, ports and folders differ. */
void t.test('the servers and the agent from the compose file work together', async (t) => {
  t.setTimeout(300_000 * PATIENCE);
  const missing = productionMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const binary = natsServers().at(-1);
  if (binary === undefined) return;
  const { services } = composeFile();
  const folder = ownFolder(t);
  // FerretDB does not support MongoDB users, so the credentials in the MongoDB URL are not tested.
  const [events, mongo, nats] = await Promise.all([
    EventStoreProcess.start(t, join(folder, 'events')),
    mongodb(t),
    NatsServer.start(t, {
      binary,
      jetstream: true,
      credentials: new URL(SECRETS['nats_url'] ?? '').href.replace(/^nats:\/\/|@.*$/g, ''),
    }),
  ]);

  const secret = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const start = async (
    name: string,
    role: 'server' | 'agent',
  ): Promise<{ readonly api: Api; readonly program: Program }> => {
    const port = await freePort();
    const environment = Object.fromEntries(
      Object.entries(environmentOf(services[name] as Service)).map(([variable, value]) => {
        if (variable === 'MUSTER_EVENTSTORE_URL')
          return [variable, value.replace(/eventstore:\d+/, new URL(events.url).host)];
        if (variable === 'MUSTER_MONGODB_URL_FILE') return [variable, secret('mongodb_url', mongo.url)];
        if (variable === 'MUSTER_NATS_URL_FILE')
          return [
            variable,
            secret('nats_url', (SECRETS['nats_url'] ?? '').replace(/nats:4222$/, new URL(nats.url).host)),
          ];
        return [variable, value];
      }),
    );
    const program = Program.muster([role], {
      ...environment,
      MUSTER_DATA_DIR: join(folder, name),
      [role === 'server' ? 'MUSTER_PORT' : 'MUSTER_AGENT_PORT']: String(port),
    });
    const api = new Api(`http://127.0.0.1:${port}`);
    t.teardown(async () => {
      if (!t.passing()) t.comment(`${name}:\n${program.tail()}`);
      await api.close();
      await program.end('SIGKILL');
    });
    await eventually(
      async () => {
        if (program.status !== undefined) throw new Error(`it has ended\n${program.tail()}`);
        return (await api.get('/readyz', { timeout: 5_000 })).status === 200;
      },
      { timeout: 120_000, interval: 100, what: `readiness of ${name}` },
    );
    return { api, program };
  };
  const [one, two] = await Promise.all([start('server-1', 'server'), start('server-2', 'server')]);
  await start('agent', 'agent');

  const login = await one.api.post<{ token: string }>('/api/auth/login', {
    username: 'admin',
    password: SECRETS['admin_password'],
  });
  t.equal(login.status, 200, 'the administrator logs in with the password of the secret');
  const headers = { authorization: `Bearer ${login.body.token}` };
  const submitted = await one.api.post('/jobs', job('hello', { command: 'true', cpu: 1, memory: 1 }), {
    headers,
  });
  t.equal(submitted.status, 200, 'the administrator submits a job');
  const seen = await eventually(
    async () => {
      const answer = await two.api.get<{ status: string }>('/jobs/hello', { headers });
      return answer.body.status === 'complete' ? answer : undefined;
    },
    { timeout: 120_000, interval: 200, what: 'the end of the job on the other server' },
  );
  t.equal(seen.status, 200, 'the other server accepts the login and shows the completed job');
  t.equal((await one.api.get('/jobs')).status, 401, 'a client without a login cannot list jobs');
});
