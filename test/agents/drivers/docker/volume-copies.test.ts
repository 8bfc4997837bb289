import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import t, { type Test } from 'tap';
import type { OutputPart, RunningCommand } from '#agents/checks/reach.js';
import { VolumeCopies, type VolumeCopiesParts } from '#agents/drivers/docker/volume-copies.js';
import { Volumes } from '#agents/drivers/docker/volumes.js';
import { OwnWork } from '#agents/drivers/own-work.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { codedLog } from '#agents/platform/log.js';
import {
  RESTORE_INCOMPLETE,
  RESTORE_UNCHANGED,
  type VolumeCopyKind,
  type VolumeCopyOrder,
} from '#domain/protocol/index.js';
import { dockerdMissing, startDockerd, type Dockerd } from '../../../fixtures/dockerd.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { logger } from '../../../src/fleet/nodes/cluster.js';
import { listing, oddEntries } from '../../support/odd-entries.js';

const skip = dockerdMissing() ?? false;
t.setTimeout(180_000 * PATIENCE);

const NAME = 'pages';
const VOLUME = `muster.${NAME}`;
const BACKUP = { volume: NAME, kind: 'backup' } as const;
const RESTORE = { volume: NAME, kind: 'restore' } as const;
const MEBIBYTE = 1_048_576;
const PIECE_BYTES = 65_536;
const LIMITS = { bytes: 100 * MEBIBYTE, files: 1_000 };

/** A volume with one file on a daemon, whose client may be changed to fail. */
async function scene(t: Test, daemon: Dockerd, more: Partial<VolumeCopiesParts> = {}) {
  const docker = new Docker({ socketPath: daemon.socketPath });
  const own = new OwnWork('n');
  const volumes = new Volumes(docker, own, codedLog(logger));
  const life = new AbortController();
  const parts = { docker, own, volumes, limits: LIMITS, clock: systemClock, log: codedLog(logger), ...more };
  const made = (): VolumeCopies => new VolumeCopies({ ...parts, life: life.signal });
  await volumes.ensure([{ name: NAME, path: '/data' }]);
  const place = async (name = VOLUME) => (await daemon.docker.getVolume(name).inspect()).Mountpoint;
  writeFileSync(join(await place(), 'old'), 'old');
  t.teardown(async () => {
    life.abort();
    for (const { Id } of await daemon.docker.listContainers({ all: true }))
      await daemon.docker.getContainer(Id).remove({ force: true });
    for (const { Name } of (await daemon.docker.listVolumes()).Volumes)
      await daemon.docker.getVolume(Name).remove();
  });
  const named = async (): Promise<readonly string[]> =>
    (await daemon.docker.listVolumes()).Volumes.map(({ Name }) => Name).sort();
  const content = async () => readdirSync(await place()).sort();
  return { docker, volumes, copies: made(), made, named, content, place, life: life.signal };
}

/** An archive without an entry for the volume's own directory. */
function archiveOf(t: Test, files: Readonly<Record<string, string>>): Buffer {
  const folder = mkdtempSync(join(ownFolder(t), 'x'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const archive = execFileSync('tar', ['-C', folder, '-c', ...Object.keys(files)], {
    maxBuffer: 100 * MEBIBYTE,
  });
  rmSync(folder, { recursive: true });
  return archive;
}

async function ended({ output, exitCode }: RunningCommand) {
  const said: Record<OutputPart['stream'], Buffer[]> = { stdout: [], stderr: [] };
  for await (const { stream, bytes } of output) said[stream].push(Buffer.from(bytes));
  const text = Buffer.concat(said.stderr).toString();
  return { code: await exitCode, stdout: Buffer.concat(said.stdout), stderr: text };
}

type Scene = Awaited<ReturnType<typeof scene>>;

async function restored({ copies, life }: Pick<Scene, 'copies' | 'life'>, archive: Buffer) {
  const restore = await copies.open(RESTORE, life);
  const pieces = Array.from({ length: Math.ceil(archive.length / PIECE_BYTES) }, (_, n) =>
    archive.subarray(n * PIECE_BYTES, (n + 1) * PIECE_BYTES),
  );
  if (restore.input !== undefined) Readable.from(pieces).pipe(restore.input);
  return await ended(restore);
}

/** Runs `before` ahead of each removal of the volume, and `after` when it is gone. */
function aroundRemoval(docker: Docker, before: () => Promise<void>, after: () => void): void {
  const getVolume = docker.getVolume.bind(docker);
  docker.getVolume = (name) => {
    const volume = getVolume(name);
    const remove = volume.remove.bind(volume) as (options?: object) => Promise<void>;
    if (name === VOLUME)
      volume.remove = async () => {
        await before();
        await remove();
        after();
      };
    return volume;
  };
}

/** A clock for which this many milliseconds pass in each. */
function fasterClock(faster: number): typeof systemClock {
  return {
    ...systemClock,
    monotonic: () => performance.now() * faster,
    sleep: async (ms, signal) => await systemClock.sleep(ms / faster, signal),
  };
}

function answer(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode, json: { message } });
}

void t.test('copies of volumes', { skip }, async (t) => {
  const daemon = await startDockerd({ bridge: false });
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox:1');

  for (const [what, fail] of [
    [
      'whose removal fails when a part is gone',
      (docker: Docker) =>
        aroundRemoval(
          docker,
          async () => undefined,
          () => {
            throw answer(500, 'unlinkat /var/lib/docker/volumes/x/_data: input/output error');
          },
        ),
    ],
    [
      'that is not made anew',
      (docker: Docker) =>
        aroundRemoval(
          docker,
          async () => undefined,
          () => {
            docker.createVolume = async () => await Promise.reject(answer(500, 'no space left on device'));
          },
        ),
    ],
  ] as const)
    await t.test(`a volume ${what} is incomplete, and its new content is kept`, async (t) => {
      const { docker, copies, made, volumes, named, content, life } = await scene(t, daemon);
      const [getVolume, createVolume] = [docker.getVolume, docker.createVolume];
      fail(docker);
      const failed = await restored({ copies, life }, archiveOf(t, { first: 'one', second: 'two' }));
      t.equal(failed.code, RESTORE_INCOMPLETE);
      t.notMatch(failed.stderr, /\/var\/lib/, 'paths of the node are not for users');
      Object.assign(docker, { getVolume, createVolume });
      t.ok(await volumes.isMarked(NAME));
      await t.rejects(volumes.ensure([{ name: NAME, path: '/data' }]), /repeat muster volume restore/);
      // The next agent keeps it, too.
      const next = made();
      await next.sweep();
      const [kept] = (await named()).filter((name) => name.startsWith('muster-copy.'));
      t.ok(kept, 'the second volume is still there');
      const saved = await ended(await next.open(BACKUP, life));
      t.match(execFileSync('tar', ['-t'], { input: saved.stdout }).toString(), /first\n.*second\n/s);

      const broken = await restored({ copies: next, life }, archiveOf(t, { third: 'x' }).subarray(0, 600));
      t.equal(broken.code, RESTORE_UNCHANGED, 'an archive that is not complete does not replace it');
      t.ok((await named()).includes(kept ?? ''), 'and what was kept is still kept');
      t.equal((await restored({ copies: next, life }, saved.stdout)).code, 0);
      t.same(await content(), ['first', 'second']);
      t.same(await named(), [VOLUME], 'nothing else is left');
    });

  await t.test('a volume that a container uses by then is what it was', async (t) => {
    const { docker, copies, volumes, named, content, life } = await scene(t, daemon);
    aroundRemoval(
      docker,
      async () => {
        await daemon.docker.createContainer({
          Image: 'busybox:1',
          Cmd: ['true'],
          HostConfig: { Binds: [`${VOLUME}:/data`] },
        });
      },
      () => undefined,
    );
    const refused = await restored({ copies, life }, archiveOf(t, { first: 'one' }));
    t.equal(refused.code, RESTORE_UNCHANGED);
    t.match(refused.stderr, /a container uses the volume/);
    t.notOk(await volumes.isMarked(NAME));
    t.same(await content(), ['old']);
    t.same(await named(), [VOLUME]);
  });

  await t.test('a copy ends if the second volume cannot be extracted', async (t) => {
    const { docker, copies, life } = await scene(t, daemon);
    const getContainer = docker.getContainer.bind(docker);
    let puts = 0;
    docker.getContainer = (id) => {
      const container = getContainer(id);
      const put = container.putArchive.bind(container) as (...given: unknown[]) => Promise<unknown>;
      container.putArchive = (async (archive: unknown, options: { readonly path: string }) => {
        puts += 1;
        if (puts === 2) await daemon.docker.getContainer(id).remove({ force: true });
        return await put(archive, options);
      }) as typeof container.putArchive;
      return container;
    };
    const failed = await restored({ copies, life }, archiveOf(t, { large: 'x'.repeat(16 * MEBIBYTE) }));
    t.equal(failed.code, RESTORE_INCOMPLETE, failed.stderr);
    t.notOk(copies.isCopied(NAME));
    t.same(await daemon.docker.listContainers({ all: true }), [], 'no container is left');
  });

  await t.test('a copy leaves the containers of tasks and the marks of other agents alone', async (t) => {
    const { copies, volumes, named, life } = await scene(t, daemon);
    const Labels = { 'muster.node': 'n', 'muster.allocation': 'a', 'muster.copy': NAME };
    const { id } = await daemon.docker.createContainer({ Image: 'busybox:1', Cmd: ['true'], Labels });
    t.equal((await ended(await copies.open(BACKUP, life))).code, 0);
    t.ok(await daemon.docker.getContainer(id).inspect(), 'the label came from its image');

    const mark = `muster-incomplete.${NAME}.other`;
    await daemon.docker.createVolume({
      Name: mark,
      Labels: { 'muster.node': 'other', 'muster.incomplete': NAME },
    });
    await t.rejects(volumes.ensure([{ name: NAME, path: '/data' }]), /for another node id/);
    t.equal((await restored({ copies, life }, archiveOf(t, { first: 'one' }))).code, 0);
    t.ok(await volumes.remove(NAME));
    t.same(await named(), [mark]);
    await t.rejects(volumes.ensure([{ name: NAME, path: '/data' }]), /for another node id/);
    t.same(await named(), [mark], 'no empty volume takes its name');
    const later = await copies.open(RESTORE, life).catch((error: unknown) => error);
    t.match(later, { message: 'this node does not have the volume' });
  });

  await t.test('a volume of another name or maker is not mixed in', async (t) => {
    const { copies, content, place, life } = await scene(t, daemon);
    await daemon.docker.createVolume({ Name: `muster-copy.${NAME}` });
    writeFileSync(join(await place(`muster-copy.${NAME}`), 'foreign'), 'x');
    t.equal((await restored({ copies, life }, archiveOf(t, { first: 'one' }))).code, 0);
    t.same(await content(), ['first']);
  });

  await t.test('a second volume that is not copied as a whole leaves the mark', async (t) => {
    const { docker, copies, volumes, life } = await scene(t, daemon);
    const dial = docker.modem.dial.bind(docker.modem);
    const folder = ownFolder(t);
    mkdirSync(join(folder, 'volume'));
    const short = execFileSync('tar', ['-C', folder, '-c', 'volume']);
    docker.modem.dial = (options, callback) => {
      const { _query: query } = (options.options ?? {}) as { _query?: { path?: string } };
      if (options.method === 'GET' && query?.path === '/volume') callback?.(null, Readable.from([short]));
      else dial(options, callback);
    };
    const failed = await restored({ copies, life }, archiveOf(t, { first: 'one', second: 'two' }));
    t.equal(failed.code, RESTORE_INCOMPLETE);
    t.match(failed.stderr, /only 1 of 3 files with 0 of 6 bytes could be copied/);
    t.ok(await volumes.isMarked(NAME));
  });

  await t.test('a start that waits for a copy ends when its allocation is halted', async (t) => {
    const { copies, life } = await scene(t, daemon);
    const copy = new AbortController();
    const restore = await copies.open(RESTORE, AbortSignal.any([copy.signal, life]));
    const halted = new AbortController();
    const waiting = copies.hold([NAME], halted.signal);
    halted.abort();
    await t.rejects(waiting, { name: 'AbortError' });
    const release = copies.hold([NAME], life);
    copy.abort();
    t.equal((await ended(restore)).code, RESTORE_UNCHANGED);
    (await release)();
  });

  await t.test('a restore whose archive arrives too slowly ends, and changes nothing', async (t) => {
    const clock = fasterClock(1_000);
    const { copies, content, life } = await scene(t, daemon, { clock });
    const restore = await copies.open(RESTORE, life);
    const archive = archiveOf(t, { first: 'one' });
    let sent = 0;
    // A byte every 40 seconds.
    const timer = setInterval(() => restore.input?.write(archive.subarray(sent, (sent += 1))), 40);
    t.teardown(() => clearInterval(timer));
    const late = await ended(restore);
    t.ok(sent >= 1 && sent < 20, `${sent} bytes were sent`);
    t.equal(late.code, RESTORE_UNCHANGED);
    t.match(
      late.stderr,
      /^less than 1 MiB of the archive arrived in 60 seconds, so it was ended: repeat it from/,
    );
    t.same(await content(), ['old']);
    t.notOk(copies.isCopied(NAME));
  });

  await t.test('a restore that waits for the daemon is not too slow', async (t) => {
    const { docker, copies, content, life } = await scene(t, daemon, { clock: fasterClock(1_000) });
    const getContainer = docker.getContainer.bind(docker);
    docker.getContainer = (id) => {
      const container = getContainer(id);
      const put = container.putArchive.bind(container) as (...given: unknown[]) => Promise<unknown>;
      container.putArchive = (async (...given: unknown[]) => {
        await sleep(300);
        return await put(...given);
      }) as typeof container.putArchive;
      return container;
    };
    const back = await restored({ copies, life }, archiveOf(t, { large: 'x'.repeat(2 * MEBIBYTE) }));
    t.equal(back.code, 0, back.stderr);
    t.same(await content(), ['large']);
  });

  await t.test('a backup that is read too slowly ends, and is not complete', async (t) => {
    const { copies, place, life } = await scene(t, daemon, { clock: fasterClock(1_000) });
    writeFileSync(join(await place(), 'large'), Buffer.alloc(8 * MEBIBYTE));
    const { output } = await copies.open(BACKUP, life);
    const pieces = output[Symbol.asyncIterator]();
    t.notOk((await pieces.next()).done);
    t.ok(copies.isCopied(NAME));
    await eventually(() => !copies.isCopied(NAME), { what: 'the end of the copy' });
    t.same(await daemon.docker.listContainers({ all: true }), [], 'it needs nothing any more');
    await t.rejects(pieces.next(), {
      message: /^less than 1 MiB of the archive was read in 300 seconds, so it was ended: repeat it to/,
    });
    t.ok((await ended(await copies.open(BACKUP, life))).stdout.length > 8 * MEBIBYTE, 'and can be repeated');
  });

  await t.test('a copy that takes too long ends, however fast it is', async (t) => {
    let hours = 0;
    const clock = { ...fasterClock(1_000), monotonic: () => hours * 3_600_000 };
    const { copies, content, life } = await scene(t, daemon, { clock });
    const restore = await copies.open(RESTORE, life);
    restore.input?.write(archiveOf(t, { large: 'x'.repeat(2 * MEBIBYTE) }).subarray(0, MEBIBYTE));
    await sleep(100);
    t.ok(copies.isCopied(NAME));
    hours = 6;
    const late = await ended(restore);
    t.equal(late.code, RESTORE_UNCHANGED);
    t.match(late.stderr, /^it took longer than 6 hours, so it was ended/);
    t.same(await content(), ['old']);
  });

  await t.test('a backup whose output nobody reads leaves nothing', async (t) => {
    const { copies, life } = await scene(t, daemon);
    const gone = new AbortController();
    await copies.open(BACKUP, AbortSignal.any([gone.signal, life]));
    gone.abort();
    await eventually(() => !copies.isCopied(NAME), { what: 'the end of the copy' });
    t.same(await daemon.docker.listContainers({ all: true }), []);
  });

  await t.test('no tenant has all copies, and operators have some for themselves', async (t) => {
    const { copies, volumes, life } = await scene(t, daemon);
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await volumes.ensure(names.map((name) => ({ name, path: '/data' })));
    const gone = new AbortController();
    const open: RunningCommand[] = [];
    const signal = AbortSignal.any([gone.signal, life]);
    const start = async (share: VolumeCopyOrder['share'], kind: VolumeCopyKind = 'restore') => {
      open.push(await copies.open({ volume: names[open.length] ?? '', kind, share }, signal));
    };
    const tenant = (name: string) => ({ tenant: name, self_registered: false });
    const newcomer = (name: string) => ({ tenant: name, self_registered: true });
    await start(newcomer('mallory'));
    for (const kind of ['restore', 'backup'] as const)
      await t.rejects(start(newcomer('mallory'), kind), {
        code: 'MUSTER_E_RATE_LIMITED',
        message: /^too many copies of volumes on this node: the members of a tenant can run 1 at a time; try/,
      });
    await t.rejects(start(newcomer('second')), {
      code: 'MUSTER_E_RATE_LIMITED',
      message: /: all self-registered accounts together can run 1 at a time;/,
    });
    await start(tenant('bob'), 'backup');
    await start(tenant('dave'));
    const refusal = {
      code: 'MUSTER_E_OVERLOADED',
      message:
        /too many copies of volumes on this node: all tenants together can run 3 at a time; try again$/,
    };
    await t.rejects(start(tenant('carol')), refusal);
    await start('operators', 'backup');
    await t.rejects(start('operators'), {
      code: 'MUSTER_E_OVERLOADED',
      message: /: it runs 4 at a time; try again$/,
    });
    gone.abort();
    for (const name of names) await eventually(() => !copies.isCopied(name), { what: `the end of ${name}` });
    t.equal(
      (await ended(await copies.open({ volume: 'a', kind: 'backup', share: tenant('bob') }, life))).code,
      0,
    );
  });

  await t.test('what a backup contains comes back', async (t) => {
    const { copies, place, life } = await scene(t, daemon);
    oddEntries(await place());
    const before = listing(await place());
    const saved = await ended(await copies.open(BACKUP, life));
    t.equal(saved.code, 0, saved.stderr);
    execFileSync('find', [await place(), '-mindepth', '1', '-delete']);
    t.match(await restored({ copies, life }, saved.stdout), { code: 0, stderr: '' });
    t.same(listing(await place()), before);
    const again = await ended(await copies.open(BACKUP, life));
    t.match(await restored({ copies, life }, again.stdout), { code: 0, stderr: '' });
    t.same(listing(await place()), before);
  });

  await t.test('a backup that could not be restored says why', async (t) => {
    const { copies, place, life } = await scene(t, daemon);
    const saved = async () => await ended(await copies.open(BACKUP, life));
    const device = join(await place(), 'null');
    execFileSync('mknod', [device, 'c', '1', '3']);
    await t.rejects(saved(), { message: /^it could not be restored: ".*null" is a device/ });
    rmSync(device);
    execFileSync('truncate', ['-s', '101M', join(await place(), 'sparse')]);
    await t.rejects(saved(), { message: /^it could not be restored: it has more than 100 MiB/ });
    rmSync(join(await place(), 'sparse'));
    for (let n = 0; n < LIMITS.files; n += 1) writeFileSync(join(await place(), String(n)), '');
    await t.rejects(saved(), { message: /^it could not be restored: it has more than 1000 files/ });
  });

  await t.test('a restore says what the daemon could not extract', async (t) => {
    const { copies, content, life } = await scene(t, daemon);
    const folder = ownFolder(t);
    writeFileSync(join(folder, 'a'), 'x');
    const capability = '--pax-option=SCHILY.xattr.security.capability:=none';
    const archive = execFileSync('tar', ['-C', folder, '--format=pax', capability, '-c', 'a']);
    const failed = await restored({ copies, life }, archive);
    t.equal(failed.code, RESTORE_UNCHANGED);
    t.match(failed.stderr, /^the archive could not be extracted: .*invalid argument/);
    t.same(await content(), ['old']);
  });

  await t.test('a copy that the daemon refuses fails in Muster’s words', async (t) => {
    const { docker, copies, place, life } = await scene(t, daemon);
    docker.createContainer = async () => await Promise.reject(answer(500, 'open /var/lib/docker/x: failed'));
    await t.rejects(copies.open(BACKUP, life), {
      name: 'CommandRefusedError',
      message: /^the Docker daemon could not copy the volume/,
    });
    t.equal(readFileSync(join(await place(), 'old'), 'utf8'), 'old');
  });
});
