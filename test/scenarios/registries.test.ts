import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { MUSTER, Program } from '../fixtures/program.js';
import { registryMissing, startRegistry } from '../fixtures/registry.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(900_000);

const ROBOT = { username: 'robot', password: 'kept-to-ourselves-4711' };
const WRONG = 'of-another-registry-0815';
const OTHER = { username: 'other', password: 'of-another-tenant-2342' };
const password = 'securepassword123';
const SLEEPS = ['CMD ["/bin/busybox", "sleep", "100000"]'];

interface Deployment {
  readonly number: number;
  readonly status: string;
  readonly reason: { readonly message: string } | null;
}

void t.test(
  'a tenant with a registry credential can run a private image, and the credential appears nowhere',
  async (t) => {
    const missing = dockerdMissing() ?? registryMissing();
    if (!required(t, missing === undefined, missing ?? '')) return;
    const registry = await startRegistry(t, [ROBOT, OTHER]);
    const dockerd = await startDockerd();
    t.teardown(() => dockerd.stop());
    await dockerd.importImage('made:1', SLEEPS);
    await registry.push(dockerd.docker, 'made:1', 'acme/app:1');

    const folder = ownFolder(t);
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: { MUSTER_ADMIN_PASSWORD: password, MUSTER_LOG_LEVEL: 'trace' },
    });
    const agent = await startAgent(t, server, {
      dataDir: join(folder, 'agent'),
      env: { DOCKER_HOST: dockerd.host, MUSTER_REGISTRY_ALLOW: '127.0.0.0/8', MUSTER_LOG_LEVEL: 'trace' },
    });
    const login = async (username: string): Promise<string> =>
      (await server.api.post<{ token: string }>('/api/v1/auth/login', { username, password })).body.token;
    const root = await login('admin');
    const account = async (username: string, tenant_id: string) => {
      await server.api.post(
        '/api/auth/users',
        { username, password, role: 'user', tenant_id },
        { headers: { authorization: `Bearer ${root}` } },
      );
      const token = await login(username);
      const headers = { authorization: `Bearer ${token}` };
      const config = {
        image: `${registry.host}/acme/app:1`,
        restart: { attempts: 0 },
        update: { min_healthy_seconds: 1 },
        resources: { cpu: 10, memory: 16 },
      };
      const { id } = (
        await server.api.post<{ id: string }>(
          '/api/v1/services',
          { name: 'app', type: 'app', config },
          { headers },
        )
      ).body;
      let deployments = 0;
      const ended = async (): Promise<Deployment> => {
        const number = (deployments += 1);
        return await eventually(
          async () => {
            const { body } = await server.api.get<{ deployments: Deployment[] }>(
              `/api/v1/services/${id}/deployments`,
              { headers },
            );
            return body.deployments.find(
              (each) => each.number === number && ['completed', 'failed'].includes(each.status),
            );
          },
          { timeout: 90_000, what: `the end of deployment ${number} of ${username}` },
        );
      };
      const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: token };
      return {
        id,
        headers,
        config,
        ended,
        /** Runs a CLI command. */
        async says(words: readonly string[], input = ''): Promise<void> {
          const said = Program.start({ command: process.execPath, args: [MUSTER, ...words], env, input });
          t.match(await said.exited, { code: 0 }, said.tail());
        },
        /** Starts its service and returns the finished deployment. */
        async start(): Promise<Deployment> {
          t.equal(
            (await server.api.post(`/api/v1/services/${id}/start`, undefined, { headers })).status,
            200,
          );
          return await ended();
        },
        async stop(): Promise<void> {
          await server.api.post(`/api/v1/services/${id}/stop`, undefined, { headers });
          await eventually(async () => (await dockerd.docker.listContainers()).length === 0, {
            timeout: 60_000,
            what: 'the end of its container',
          });
        },
        async uses(username: string, secret: string): Promise<void> {
          await this.says(
            ['registry', 'login', registry.host, '--username', username, '--password-stdin'],
            `${secret}\n`,
          );
        },
      };
    };
    const [ann, ben] = [await account('ann', 'a'), await account('ben', 'b')];
    const advice = `muster registry login ${registry.host}`;

    const without = await ann.start();
    t.equal(without.status, 'failed');
    t.ok(
      without.reason?.message.includes(`if ${registry.host} requires a login: ${advice}`),
      without.reason?.message ?? 'no reason',
    );
    await ann.uses(ROBOT.username, WRONG);
    const refused = await ann.start();
    t.equal(refused.status, 'failed');
    t.ok(
      refused.reason?.message.includes(
        `rejected the credential of the tenant (username robot): replace it with ${advice}`,
      ),
      refused.reason?.message ?? 'no reason',
    );
    await ann.uses(ROBOT.username, ROBOT.password);
    t.equal((await ann.start()).status, 'completed');

    // The daemon now has the image, but another tenant may still not use it.
    t.match(await ben.start(), { status: 'failed' });
    await agent.kill();
    await agent.start();
    t.match(
      await ben.start(),
      { status: 'failed' },
      'the image is still refused after a restart of the agent',
    );
    await ann.stop();
    t.equal(
      (await ann.start()).status,
      'completed',
      'a tenant whose credential was verified does not need the registry',
    );
    await ben.uses(OTHER.username, OTHER.password);
    t.equal((await ben.start()).status, 'completed');

    await t.test('a version continues to use its original image after the tag has moved', async (t) => {
      await dockerd.importImage('made:2', [...SLEEPS, 'ENV WHICH=two']);
      const [one, two] = await Promise.all(
        ['made:1', 'made:2'].map(async (name) => (await dockerd.docker.getImage(name).inspect()).Id),
      );
      await registry.push(dockerd.docker, 'made:2', 'acme/app:1');
      const path = `/api/v1/services/${ann.id}`;
      let former = '';
      /** Returns the image of the container that replaces the previous one. */
      const next = async (): Promise<string> => {
        const running = async () =>
          (await dockerd.docker.listContainers()).filter(({ Labels }) =>
            Labels['muster.job']?.startsWith(`service.${ann.id}.`),
          );
        const found = await eventually(
          async () => (await running()).find(({ Id }, _, { length }) => length === 1 && Id !== former),
          {
            timeout: 60_000,
            what: 'another container',
          },
        );
        former = found.Id;
        return found.ImageID;
      };
      t.equal(await next(), one);
      t.equal((await server.api.post(`${path}/restart`, undefined, { headers: ann.headers })).status, 200);
      t.equal(await next(), one, 'a restart uses the same image, which the node pulls by its digest');
      await server.api.put(
        path,
        { config: { ...ann.config, environment: { WHICH: 'two' } } },
        { headers: ann.headers },
      );
      t.match(await ann.ended(), { status: 'completed' });
      t.equal(await next(), two, 'a new version resolves the tag again');
      await server.api.post(`${path}/rollback`, { version: 1 }, { headers: ann.headers });
      t.match(await ann.ended(), { status: 'completed' });
      t.equal(await next(), one, 'a rolled-back version runs its previous image');
      await ann.says(['service', 'restart', 'app', '--pull']);
      t.equal(await next(), two, 'a restart with --pull resolves the tag again');
      const { versions } = await eventually(
        async () => {
          const { body } = await server.api.get<{ versions: { image_digest: string | null }[] }>(
            `${path}/versions`,
            { headers: ann.headers },
          );
          return body.versions[0]?.image_digest === null ? undefined : body;
        },
        { what: 'the new image of the version' },
      );
      const [third, second, first] = versions.map(({ image_digest }) => image_digest);
      t.ok(first?.startsWith(`${registry.host}/acme/app@sha256:`), first ?? 'none');
      t.equal(third, second);
      t.not(second, first);
      const { body } = await server.api.get<{ events: { kind: string; text: string }[] }>(`${path}/events`, {
        headers: ann.headers,
      });
      const told = body.events.filter(({ kind }) => kind === 'image').map(({ text }) => text);
      t.same(told, [
        `Version 3 runs the image ${third} from now on.`,
        `The image of version 3 is resolved again; until now it was ${first}.`,
        `Version 2 runs the image ${second} from now on.`,
        `Version 1 runs the image ${first} from now on.`,
      ]);
    });

    const inspected = await Promise.all(
      (await dockerd.docker.listContainers({ all: true })).map(async ({ Id }) =>
        JSON.stringify(await dockerd.docker.getContainer(Id).inspect()),
      ),
    );
    t.equal(inspected.length > 0, true);
    const secrets = [ROBOT.password, WRONG, OTHER.password];
    for (const text of [
      ...inspected,
      ...commandLines(),
      ...[server, agent].flatMap(({ program }) => [...program.stdout, ...program.stderr]),
    ])
      for (const secret of secrets)
        t.notOk(holds(Buffer.from(text), secret), `${secret} does not appear in ${text.slice(0, 200)}`);
    for (const file of filesIn(folder))
      for (const secret of secrets)
        t.notOk(holds(readFileSync(file), secret), `${secret} does not appear in ${file}`);
  },
);

/** Whether bytes contain a secret as it is, or in Base64 as in a header. */
function holds(bytes: Buffer, secret: string): boolean {
  return (
    bytes.includes(secret) ||
    [0, 1, 2].some((shift) =>
      bytes.includes(
        Buffer.from(' '.repeat(shift) + secret)
          .toString('base64url')
          .slice(4, -4),
      ),
    )
  );
}

function commandLines(): string[] {
  const read = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(read);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}
