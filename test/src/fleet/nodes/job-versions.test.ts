import t from 'tap';
import { v4 } from 'uuid';
import { JobVersions } from '#src/fleet/nodes/job-versions.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { Pen } from './cluster.js';

const group = (command: string) => ({
  name: 'web',
  tasks: [{ name: 'main', driver: 'exec', config: { command } }],
});

void t.test('identifies a version by the revision of its event', async (t) => {
  const store = createMemoryEventStore();
  const pen = new Pen(store);
  await pen.job('j1', group('one'));
  await pen.write('job-j1', { type: 'JobStopped', data: { jobId: 'j1', evaluationId: v4() } });
  await pen.write('job-j1', {
    type: 'JobRestarted',
    data: { jobId: 'j1', evaluationId: v4(), specification: { task_groups: [group('two')] } },
  });
  const jobs = new JobVersions(store);
  t.match(await jobs.group('j1', 0, 'web'), { tasks: [{ config: { command: 'one' } }] });
  t.match(await jobs.group('j1', 2, 'web'), { tasks: [{ config: { command: 'two' } }] });
  t.equal(await jobs.group('j1', 1, 'web'), undefined, 'a stop has no specification');
  t.equal(await jobs.group('j1', 3, 'web'), undefined);
  t.equal(await jobs.group('j1', 0, 'other'), undefined);
  t.equal(await jobs.group('j2', 0, 'web'), undefined);
});

void t.test('caches recently used versions within limits', async (t) => {
  const store = createMemoryEventStore();
  const pen = new Pen(store);
  for (let index = 0; index < 10; index += 1) await pen.job(`j${index}`, group(`${index}`));
  let reads = 0;
  const counting = new Proxy(store, {
    get(target, name) {
      if (name === 'readStream') reads += 1;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const jobs = new JobVersions(counting, { versions: 3 });
  const get = (id: string) => jobs.group(id, 0, 'web');
  await Promise.all([get('j0'), get('j0'), get('j0')]);
  t.equal(reads, 1, 'concurrent requests for a version read it once');
  for (const id of ['j1', 'j2', 'j0', 'j3']) await get(id);
  reads = 0;
  for (const id of ['j2', 'j0', 'j3']) await get(id);
  t.equal(reads, 0);
  await get('j1');
  t.equal(reads, 1, 'the least recently used version was evicted');
});

void t.test('limits the cached specifications by their number of characters', async (t) => {
  const store = createMemoryEventStore();
  const pen = new Pen(store);
  for (const id of ['a', 'b', 'c']) await pen.job(id, group(id.repeat(1000)));
  let reads = 0;
  const counting = new Proxy(store, {
    get(target, name) {
      if (name === 'readStream') reads += 1;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  // Each version has slightly more than a thousand characters.
  const jobs = new JobVersions(counting, { characters: 2_900 });
  const read = async (...ids: string[]): Promise<number> => {
    reads = 0;
    for (const id of ids) await jobs.group(id, 0, 'web');
    return reads;
  };
  t.equal(await read('a', 'b', 'a', 'b'), 2);
  t.equal(await read('c', 'b'), 1, 'only c is read, and b is still cached');
  t.equal(
    await read('a', 'b', 'a'),
    1,
    'only a is read: an evicted version does not count towards the limit',
  );
});

void t.test('returns undefined for a missing version, and not another version', async (t) => {
  const store = createMemoryEventStore();
  const pen = new Pen(store);
  await pen.job('j1', group('one'));
  await pen.write('job-j1', {
    type: 'JobUpdated',
    data: { jobId: 'j1', evaluationId: v4(), specification: { task_groups: [group('two')] } },
  });
  await store.truncateBefore('job-j1', 1);
  const jobs = new JobVersions(store);
  t.equal(await jobs.group('j1', 0, 'web'), undefined);
  t.match(await jobs.group('j1', 1, 'web'), { tasks: [{ config: { command: 'two' } }] });
});

void t.test('returns the owner of a version', async (t) => {
  const store = createMemoryEventStore();
  const pen = new Pen(store);
  const owner = { surface: 'gpu', tenant: 't1', principal: 'u1' };
  await pen.job('j1');
  await pen.write('job-j2', {
    type: 'JobSubmitted',
    data: { jobId: 'j2', evaluationId: v4(), specification: { task_groups: [group('x')] }, owner },
  });
  const jobs = new JobVersions(store);
  t.equal(await jobs.owner('j1', 0), undefined);
  t.strictSame(await jobs.owner('j2', 0), owner);
  t.equal(await jobs.owner('j2', 1), undefined);
});

void t.test('opens a sealed group on each request, and caches it sealed', async (t) => {
  const store = createMemoryEventStore();
  await new Pen(store).job('j1', group('sealed'));
  let opened = 0;
  const jobs = new JobVersions(store, {}, async (each) => ({
    ...each,
    name: `${each.name} ${(opened += 1)}`,
  }));
  t.equal((await jobs.group('j1', 0, 'web'))?.name, 'web 1');
  t.equal((await jobs.group('j1', 0, 'web'))?.name, 'web 2');
});

void t.test('knows the kill timeouts that were changed in place', async (t) => {
  const store = createMemoryEventStore();
  const pen = new Pen(store);
  const of = (command: string, kill_timeout?: number) => {
    const [task] = group(command).tasks;
    return { name: 'web', tasks: [{ ...task!, ...(kill_timeout !== undefined && { kill_timeout }) }] };
  };
  const update = async (...given: Parameters<typeof of>): Promise<number> =>
    await pen.write('job-j1', {
      type: 'JobUpdated',
      data: { jobId: 'j1', evaluationId: v4(), specification: { task_groups: [of(...given)] } },
    });
  await pen.job('j1', of('one', 10));
  const jobs = new JobVersions(store);
  const told = async (version: number) => await jobs.killTimeouts('j1', version, 'web');
  t.equal(await told(0), undefined, 'none has changed');
  await update('one', 60);
  t.strictSame(await told(0), { main: 60 });
  t.equal(await told(1), undefined);
  await update('two', 1);
  t.strictSame(await told(0), { main: 60 }, 'other work has its own');
  t.equal(await told(2), undefined);
  await update('two');
  t.strictSame(await told(2), { main: 5 }, 'the default');
  await update('one', 90);
  t.strictSame(await told(0), { main: 90 }, 'instances stay if their work returns');
  t.equal(await jobs.killTimeouts('j2', 0, 'web'), undefined);
});
