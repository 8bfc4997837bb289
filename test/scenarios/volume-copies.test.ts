import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { containerScene, type ContainerScene } from '../fixtures/container-scene.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { onEachNats } from '../fixtures/nats-scene.js';
import { NatsServer } from '../fixtures/nats-server.js';
import { muster, Program, runToEnd, MUSTER } from '../fixtures/program.js';
import { SERVICES_PASSWORD } from '../fixtures/services-account.js';
import { ServicesUser } from '../fixtures/services-user.js';

t.setTimeout(600_000 * PATIENCE);

const CONFIG = {
  image: 'busybox:1',
  args: ['sh', '-c', 'sleep 1000'],
  kill_timeout: 1,
  restart: { attempts: 0 },
  update: { min_healthy_seconds: 0 },
  volumes: [{ name: 'data', path: '/data' }],
};
/** Owners, modes, links and names that an archive must not change. */
const FILL = `chown 70:71 /data; chmod 700 /data; cd /data; echo one > first; chown 5:6 first; chmod 640 first;
ln -s /etc/passwd out; ln first hard; mkfifo pipe; mkdir -p 'a b/c'; chmod 1777 'a b'; echo two > 'a b/c/-rf *"'"'"'$(x)'; printf 'bytes' > "$(printf 'n\\377ame')"`;
const LIST = `cd /data; find . | sort | while read -r each; do stat -c '%n %A %u:%g %h %F' "$each"; [ ! -f "$each" ] || cat "$each"; done`;

type Scene = Awaited<ReturnType<typeof volumeScene>>;

async function volumeScene(t: Test, more: Partial<Parameters<typeof containerScene>[1]> = {}) {
  const scene = await containerScene(t, { images: { 'busybox:1': [] }, ...more });
  if (scene === undefined) return undefined;
  const { server, folder } = scene;
  const cleo = await ServicesUser.register(server.api, 'cleo');
  const made = await cleo.post('/services', { name: 'orders', type: 'app', config: CONFIG });
  t.equal(made.status, 201, made.text);
  const { id } = made.body;
  t.equal((await cleo.post(`/services/${id}/start`)).status, 200);
  t.match(await cleo.settled(id, 1), { status: 'completed' });
  const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: cleo.token };
  const file = join(folder, 'orders.tar');
  const cli = async (...args: readonly string[]) => await muster(['volume', ...args], env);
  return { ...scene, cleo, id, env, file, cli, volume: `service.${id}.data` };
}

/** Runs a script in a container that mounts the volume, and returns its output. */
async function inVolume({ dockerd, volume }: Pick<NonNullable<Scene>, 'dockerd' | 'volume'>, script: string) {
  const container = await dockerd.docker.createContainer({
    Image: 'busybox:1',
    Cmd: ['sh', '-c', script],
    HostConfig: { Binds: [`muster.${volume}:/data`] },
  });
  const stream = await container.attach({ stream: true, stdout: true, stderr: true });
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  const ended = new Promise((resolve) => stream.once('end', resolve));
  await container.start();
  await ended;
  await container.remove({ force: true });
  return Buffer.concat(pieces)
    .toString('latin1')
    .replace(/[\u0000-\u0002]\u0000{3}.{4}/gs, '');
}

async function stopped({
  cleo,
  id,
  dockerd,
}: Pick<NonNullable<Scene>, 'cleo' | 'id' | 'dockerd'>): Promise<void> {
  await cleo.post(`/services/${id}/stop`);
  await eventually(
    async () =>
      ['stopped', 'failed'].includes((await cleo.get(`/services/${id}`)).status) &&
      (await dockerd.docker.listContainers({ all: true })).length === 0,
    { what: 'the stop of the service' },
  );
}

/** Nothing but the volume itself is left of a copy. */
async function nothingLeft(t: Test, { dockerd }: ContainerScene): Promise<void> {
  await eventually(
    async () => {
      const { Volumes } = await dockerd.docker.listVolumes();
      return (
        Volumes.every(({ Name }) => Name.startsWith('muster.service.')) &&
        (await dockerd.docker.listContainers({ all: true })).every(({ State }) => State === 'running')
      );
    },
    { what: 'the removal of what only the copy needed' },
  );
  t.pass('nothing is left of the copy');
}

void t.test('a volume is backed up and restored while its service is stopped', async (t) => {
  const scene = await volumeScene(t);
  if (scene === undefined) return;
  const { cleo, id, server, cli, file, volume, folder, env } = scene;
  const running = await cli('backup', 'orders/data', '--file', file);
  t.equal(running.code, 1);
  t.match(running.stderr, /its service orders is not stopped/);
  t.match(running.stderr, /muster service stop/);
  t.notOk(existsSync(file));
  await stopped(scene);
  await inVolume(scene, FILL);
  const before = await inVolume(scene, LIST);
  t.match(before, /first -rw-r----- 5:6 2 regular file/);

  const saved = await cli('backup', 'orders/data', '--file', file);
  t.equal(saved.code, 0, saved.stderr);
  t.equal(statSync(file).mode & 0o777, 0o600, 'only its owner can read the file');
  const streamed = execFileSync(
    process.execPath,
    [MUSTER, 'volume', 'backup', 'orders/data', '--file', '-'],
    { env: { ...process.env, ...env } },
  );
  t.ok(streamed.equals(readFileSync(file)), 'the standard output gets the same');

  await inVolume(
    scene,
    'rm -rf /data/* /data/.[!.]*; echo new > /data/new; chmod 755 /data; chown 0:0 /data',
  );
  const asks = await runToEnd({
    command: process.execPath,
    args: [MUSTER, 'volume', 'restore', 'orders/data', '--file', file],
    env,
  });
  t.not(asks.code, 0);
  t.match(asks.stderr, /pass --yes/);
  const back = await cli('restore', 'orders/data', '--file', file, '--yes');
  t.equal(back.code, 0, back.stderr);
  t.equal(
    await inVolume(scene, LIST),
    before,
    'the content is replaced, with owners, modes, links and names',
  );
  await nothingLeft(t, scene);

  const made = join(folder, 'made');
  mkdirSync(made);
  writeFileSync(join(made, 'mine'), 'made elsewhere\n');
  const own = execFileSync('tar', ['-C', made, '-c', '.']);
  const piped = Program.start({
    command: 'sh',
    args: [
      '-c',
      'tar -C "$1" -c . | "$2" "$3" volume restore orders/data --file - --yes',
      'sh',
      made,
      process.execPath,
      MUSTER,
    ],
    env,
  });
  t.equal((await piped.exited).code, 0, piped.tail());
  t.match(await inVolume(scene, LIST), /made elsewhere/);

  for (const [what, bytes, reason] of [
    ['an archive that ends early', readFileSync(file).subarray(0, -600), /ends early/],
    ['one that is cut in a header', own.subarray(0, 700), /ends early/],
    ['no archive', Buffer.from('hello'.repeat(500)), /not a tar archive/],
    ['an empty file', Buffer.alloc(0), /is empty/],
    [
      'a name with ..',
      archiveOf(['--transform', 's,.*,../x,', '-P', '-c', 'mine'], made),
      /"..\/x" is outside/,
    ],
    ['an absolute name', archiveOf(['-P', '-c', join(made, 'mine')], made), /is outside of the volume/],
    ['a device', archiveOf(['-c', 'null'], '/dev'), /"null" is a device/],
  ] as const) {
    const bad = join(folder, 'bad.tar');
    writeFileSync(bad, bytes);
    const refused = await cli('restore', 'orders/data', '--file', bad, '--yes');
    t.equal(refused.code, 1, what);
    t.match(refused.stderr, reason, what);
    t.match(refused.stderr, /nothing was restored, and the volume is as it was/, what);
  }
  t.match(await inVolume(scene, LIST), /made elsewhere/, 'the content is still what it was');
  await nothingLeft(t, scene);

  const eve = await ServicesUser.register(server.api, 'eve');
  for (const kind of ['backup', 'restore'])
    t.match(
      (await eve.post(`/volumes/${volume}/${kind}`)).status,
      404,
      'another tenant does not see the volume',
    );
  const events = await muster(['events', '--category', 'volume', '-o', 'json'], {
    MUSTER_SERVER_URL: server.url,
  });
  t.match(events.stdout, /"VolumeCopyStarted"/);
  t.match(events.stdout, /"outcome": ?"complete"/);
  t.notMatch(events.stdout, /made elsewhere|first/, 'events have no content');
  const shown = await cli('show', 'orders/data');
  t.match(shown.stdout, /Last restore +.*: unchanged/);
  t.equal((await cleo.post(`/services/${id}/start`)).status, 200);
  t.match(await cleo.settled(id, 2), { status: 'completed' });
  await invariantsHold(t, server);
});

function archiveOf(words: readonly string[], folder: string): Buffer {
  return execFileSync('tar', ['-C', folder, ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
}

void t.test(
  'after a restore whose agent was killed, the service does not start until it is repeated',
  async (t) => {
    const scene = await volumeScene(t);
    if (scene === undefined) return;
    const { agent, cleo, id, dockerd, cli, file, env, server } = scene;
    await stopped(scene);
    await inVolume(
      scene,
      'cd /data; for a in $(seq 200); do mkdir $a; for b in $(seq 40); do echo $a/$b > $a/$b; done; done',
    );
    t.equal((await cli('backup', 'orders/data', '--file', file)).code, 0);
    const before = await inVolume(scene, 'cd /data; find . -type f | sort | xargs cat | md5sum');
    const restoring = Program.muster(['volume', 'restore', 'orders/data', '--file', file, '--yes'], env);
    await eventually(
      async () =>
        (await dockerd.docker.listVolumes()).Volumes.some(({ Name }) =>
          Name.startsWith('muster-incomplete.'),
        ),
      { what: 'the mark of a restore that replaces the content' },
    );
    await agent.kill();
    t.not((await restoring.exited).code, 0);
    t.match(restoring.tail(), /it is not known how the restore ended/);
    await agent.start();
    t.match((await cli('show', 'orders/data')).stdout, /Last restore +.*: unknown/);

    t.equal((await cleo.post(`/services/${id}/start`)).status, 200);
    const failed = await cleo.settled(id, 2);
    t.equal(failed.status, 'failed');
    t.match(
      JSON.stringify(failed),
      /data has only a part of what was restored.*repeat muster volume restore/,
    );
    await stopped(scene);
    // The archive may have been nowhere else.
    rmSync(file);
    const kept = await cli('backup', 'orders/data', '--file', file);
    t.equal(kept.code, 0, kept.stderr);

    const repeated = await cli('restore', 'orders/data', '--file', file, '--yes');
    t.equal(repeated.code, 0, repeated.stderr);
    t.equal(await inVolume(scene, 'cd /data; find . -type f | sort | xargs cat | md5sum'), before);
    await nothingLeft(t, scene);
    t.equal((await cleo.post(`/services/${id}/start`)).status, 200);
    t.match(await cleo.settled(id, 3), { status: 'completed' });
    await invariantsHold(t, server);
  },
);

void t.test('a service that is started during a copy waits for its end', async (t) => {
  const scene = await volumeScene(t);
  if (scene === undefined) return;
  const { cleo, id, cli, file, server } = scene;
  await stopped(scene);
  await inVolume(scene, 'dd if=/dev/zero of=/data/large bs=1M count=64');
  // A backup whose output is not read stays open.
  const open = new AbortController();
  const answer = await fetch(`${server.url}/api/v1/volumes/${scene.volume}/backup`, {
    method: 'POST',
    headers: cleo.headers,
    signal: open.signal,
  });
  t.equal(answer.status, 200);
  const second = await cli('backup', 'orders/data', '--file', file);
  t.match(second.stderr, /is being copied already/);
  t.equal((await cleo.post(`/services/${id}/start`)).status, 200);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  t.equal((await scene.dockerd.docker.listContainers()).length, 0, 'no container runs yet');
  open.abort();
  t.match(await cleo.settled(id, 2), { status: 'completed' });
  await nothingLeft(t, scene);
});

/** Creates an account's service with these volumes, which its node has, and stops it. Returns the volumes' ids. */
async function storing(
  { dockerd }: ContainerScene,
  who: ServicesUser,
  names: readonly string[],
): Promise<readonly string[]> {
  const config = { ...CONFIG, volumes: names.map((name) => ({ name, path: `/${name}` })) };
  const { id } = (await who.post('/services', { name: 'stores', type: 'app', config })).body;
  await who.post(`/services/${id}/start`);
  await who.settled(id, 1);
  await stopped({ cleo: who, id, dockerd });
  return names.map((name) => `service.${id}.${name}`);
}

void t.test('slow restores leave room for others, and for administrators', async (t) => {
  await leaveRoom(t, {}, {});
});

onEachNats(t, 'slow restores leave room for others, over NATS too', async (t, binary) => {
  const nats = await NatsServer.start(t, { binary, jetstream: true });
  const env = { MUSTER_NATS_URL: nats.url, MUSTER_JOIN_TOKEN: 'x'.repeat(20) };
  await leaveRoom(t, env, { ...env, MUSTER_SERVER_URL: '' });
});

type Env = Readonly<Record<string, string>>;

async function leaveRoom(t: Test, env: Env, agentEnv: Env): Promise<void> {
  const scene = await containerScene(t, {
    images: { 'busybox:1': [] },
    serverEnv: { ...env, MUSTER_ADMIN_PASSWORD: 'password123' },
    agentEnv,
  });
  if (scene === undefined) return;
  const { api, url } = scene.server;
  const admin = await ServicesUser.logIn(api, 'admin', 'password123');
  const granted = async (username: string): Promise<ServicesUser> => {
    const account = { username, password: SERVICES_PASSWORD, role: 'user', tenant_id: username };
    t.equal((await api.post('/api/auth/users', account, { headers: admin.headers })).status, 201);
    return await ServicesUser.logIn(api, username, SERVICES_PASSWORD);
  };
  const mallory = await ServicesUser.register(api, 'mallory');
  const second = await ServicesUser.register(api, 'second');
  const bob = await granted('bob');
  const carol = await granted('carol');
  const volumes = {
    mallory: await storing(scene, mallory, ['a', 'b', 'c', 'd']),
    second: await storing(scene, second, ['a']),
    bob: await storing(scene, bob, ['a', 'b', 'c']),
    carol: await storing(scene, carol, ['a']),
  };
  const over = new AbortController();
  t.teardown(() => over.abort());
  const copy = async (who: ServicesUser, volume: string | undefined, kind = 'restore') => {
    const answer = await fetch(`${url}/api/v1/volumes/${volume}/${kind}`, {
      method: 'POST',
      headers: who.headers,
      signal: over.signal,
    });
    return {
      status: answer.status,
      retryAfter: answer.headers.get('retry-after'),
      text: answer.status === 200 && kind === 'restore' ? '' : await answer.text(),
    };
  };
  const restores = [];
  for (const volume of volumes.mallory) restores.push(await copy(mallory, volume));
  t.match(restores[0], { status: 200 });
  for (const each of restores.slice(1))
    t.match(each, {
      status: 429,
      retryAfter: /^\d+$/,
      text: /too many copies of volumes on this node: the members of a tenant can run 1 at a time/,
    });
  t.match(await copy(second, volumes.second[0]), {
    status: 429,
    text: /all self-registered accounts together can run 1 at a time/,
  });
  const whole = { status: 200, text: /\{"exit_code":0,"sha256":"[0-9a-f]{64}"\}\n$/ };
  t.match(await copy(bob, volumes.bob[0], 'backup'), whole, 'another tenant');
  t.match(await copy(admin, volumes.bob[1], 'backup'), whole, 'an administrator');

  t.match(await copy(bob, volumes.bob[0]), { status: 200 });
  t.match(await copy(carol, volumes.carol[0]), { status: 200 });
  t.match(await copy(bob, volumes.bob[1], 'backup'), { status: 429 });
  t.match(await copy(admin, volumes.bob[1], 'backup'), whole, 'although tenants have all their copies');
  t.match(await copy(admin, volumes.bob[1]), { status: 200 });
  t.match(await copy(admin, volumes.bob[2], 'backup'), {
    status: 503,
    retryAfter: /^\d+$/,
    text: /too many copies of volumes on this node: it runs 4 at a time/,
  });
  over.abort();
  await nothingLeft(t, scene);
}

onEachNats(t, 'volumes are copied over NATS', async (t, binary) => {
  const nats = await NatsServer.start(t, { binary, jetstream: true });
  const env = { MUSTER_NATS_URL: nats.url, MUSTER_JOIN_TOKEN: 'x'.repeat(20) };
  const scene = await volumeScene(t, { serverEnv: env, agentEnv: { ...env, MUSTER_SERVER_URL: '' } });
  if (scene === undefined) return;
  const { cli, file } = scene;
  await stopped(scene);
  await inVolume(scene, 'dd if=/dev/urandom of=/data/large bs=1M count=8');
  const before = await inVolume(scene, 'md5sum /data/large');
  const saved = await cli('backup', 'orders/data', '--file', file);
  t.equal(saved.code, 0, saved.stderr);
  await inVolume(scene, 'echo changed > /data/large');
  const back = await cli('restore', 'orders/data', '--file', file, '--yes');
  t.equal(back.code, 0, back.stderr);
  t.equal(await inVolume(scene, 'md5sum /data/large'), before);
});
