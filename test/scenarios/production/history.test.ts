import { join } from 'node:path';
import t from 'tap';
import { eventually, PATIENCE } from '../../fixtures/eventually.js';
import { ownFolder } from '../../fixtures/folder.js';
import { required } from '../../fixtures/requirement.js';
import { prepareServer, startServer, type Server } from '../../fixtures/server.js';
import { productionMissing, productionWiring } from '../../fixtures/wiring/production.js';
import { aJob } from '../../src/http/support/test-api.js';

t.setTimeout(300_000 * PATIENCE);

const ADMIN = { username: 'admin', password: 'password of the test' };
const missing = productionMissing();

interface Change {
  readonly position: string;
  readonly sentence: string;
}

const changesOf = async (server: Server, job: string): Promise<readonly Change[]> => {
  const { status, text } = await server.api.get(`/audit/changes?of=job:${job}&direction=forwards`);
  if (status !== 200) throw new Error(`${status} ${text}`);
  return (JSON.parse(text) as { changes: readonly Change[] }).changes;
};

if (required(t, missing === undefined, missing ?? ''))
  void t.test(
    'a server with read models in MongoDB answers queries about the past only if history is enabled',
    async (t) => {
      const folder = ownFolder(t);
      const wiring = await productionWiring(t, folder);
      const dataDir = join(folder, 'server');
      const env = { MUSTER_ADMIN_PASSWORD: ADMIN.password };
      const without = await startServer(t, { dataDir, wiring, env, readyWithin: 120_000 });
      await without.api.submit(aJob({ job_id: 'hello' }));
      for (const path of ['/jobs?as_of=1', '/audit/changes?of=job:hello'])
        t.match(
          await without.api.get(path),
          { status: 409, text: /history is disabled on this server/ },
          path,
        );
      await without.stop();

      const server = await prepareServer(t, { dataDir, wiring, env: { ...env, MUSTER_HISTORY: 'on' } });
      await server.start(120_000);
      await eventually(
        async () => {
          const { text } = await server.api.get('/readyz?verbose');
          if (!/history\W+(?:ok)?.*built up to position \d+/.test(text)) throw new Error(text);
          return true;
        },
        { timeout: 120_000, what: 'the history' },
      );
      const [submitted] = await changesOf(server, 'hello');
      t.match(submitted, { sentence: 'job hello was submitted' }, 'the history includes earlier changes');
      await server.api.submit(aJob({ job_id: 'later' }));
      const [later] = await changesOf(server, 'later');
      t.ok(later, 'a change is visible right after its response');
      const jobsAt = async (position: string): Promise<unknown> =>
        (await server.api.get(`/jobs?as_of=${position}`)).body;
      t.match(await jobsAt(submitted!.position), { jobs: { length: 1 } });
      t.match(await jobsAt(later!.position), { jobs: { length: 2 } });

      await server.kill();
      await server.start(120_000);
      await server.api.submit(aJob({ job_id: 'hello-2' }));
      const [after] = await changesOf(server, 'hello-2');
      t.match(after, { sentence: 'job hello-2 was submitted' }, 'the history continues after kill -9');
      t.match(await jobsAt(submitted!.position), { jobs: { length: 1 } });
      const login = await server.api.post('/api/auth/login', ADMIN);
      const { token } = login.body as { token: string };
      const users = await server.api.get(`/api/auth/users?as_of=${later!.position}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      t.match(users, { status: 200, text: /"admin"/ }, 'sealed names are read with the keys in MongoDB');
    },
  );
