import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { detectCgroups } from '#agents/drivers/exec/cgroup.js';

void t.test('detects the control groups of this host, and can create and remove a group', async (t) => {
  const cgroups = await detectCgroups(`test-${process.pid}`);
  t.match(cgroups.isolation, /^(cgroup-v1|cgroup-v2|none)$/);
  const group = await cgroups.group('a.task', { cpu: 250, memoryBytes: 33_554_432 });
  t.equal(group === undefined, cgroups.isolation === 'none');
  if (group === undefined) return;
  t.same(group.processes(), []);
  t.match(group.usage(), { cpuSeconds: 0, outOfMemoryKills: 0 });
  t.ok(cgroups.find('a.task'));
  t.ok(await group.remove());
  t.notOk(cgroups.find('a.task'));
});

void t.test('returns the same isolation to drivers that detect it concurrently', async (t) => {
  const [first, ...others] = await Promise.all(
    Array.from({ length: 8 }, async () => (await detectCgroups(`test-${process.pid}-many`)).isolation),
  );
  t.same(
    others,
    others.map(() => first),
  );
});

void t.test('reports no isolation without a writable control group', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mstcg-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const mounts = path.join(folder, 'mounts');
  await writeFile(
    mounts,
    `proc /proc proc rw 0 0\ncgroup ${folder}/absent/memory cgroup rw,memory 0 0\ncgroup2 ${folder}/absent/unified cgroup2 rw 0 0\n`,
  );
  const cgroups = await detectCgroups('x', mounts);
  t.equal(cgroups.isolation, 'none');
  t.equal(await cgroups.group('a', {}), undefined);
});

/** Our machines lack version 2 with the memory controller, so a folder stands in for the control files. */
void t.test('sets the weights and limits of cgroup v2, and reads its counters', async (t) => {
  const root = await mkdtemp(path.join(tmpdir(), 'mstcg-'));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  const mounts = path.join(root, 'mounts');
  await writeFile(mounts, `cgroup2 ${root} cgroup2 rw 0 0\n`);
  const group = path.join(root, 'muster/x/a.task');
  const probe = path.join(root, 'muster/x/.probe');
  await mkdir(group, { recursive: true });
  await mkdir(probe, { recursive: true });
  await writeFile(path.join(root, 'cgroup.controllers'), 'cpuset cpu io memory pids\n');
  for (const folder of [root, path.join(root, 'muster'), path.join(root, 'muster/x')]) {
    for (const name of ['cgroup.subtree_control', 'cpu.weight']) await writeFile(path.join(folder, name), '');
  }
  for (const folder of [group, probe]) {
    for (const name of ['memory.max', 'memory.swap.max', 'cpu.weight'])
      await writeFile(path.join(folder, name), '');
  }
  await writeFile(path.join(group, 'cpu.stat'), 'usage_usec 2500000\nuser_usec 1\n');
  await writeFile(path.join(group, 'memory.stat'), 'anon 1048576\nfile 999\n');
  await writeFile(path.join(group, 'memory.peak'), '2097152\n');
  await writeFile(path.join(group, 'memory.events'), 'low 0\noom 1\noom_kill 1\n');
  await writeFile(path.join(group, 'cgroup.procs'), '12\n34\n');
  // A plain folder cannot be removed while it has files, so the probe fails. Only the values below matter.
  const { versionTwo } = await import('#agents/drivers/exec/cgroup.js');
  const cgroups = await versionTwo([{ directory: root, type: 'cgroup2', options: [] }], 'x');
  const made = await cgroups?.group('a.task', { cpu: 500, memoryBytes: 67_108_864 });
  t.equal(await readFile(path.join(group, 'memory.max'), 'utf8'), '67108864');
  t.equal(await readFile(path.join(group, 'memory.swap.max'), 'utf8'), '0');
  t.equal(await readFile(path.join(group, 'cpu.weight'), 'utf8'), '50');
  t.same(made?.usage(), {
    cpuSeconds: 2.5,
    memoryBytes: 1_048_576,
    memoryPeakBytes: 2_097_152,
    outOfMemoryKills: 1,
  });
  const before = made?.usage();
  await writeFile(path.join(group, 'memory.stat'), 'anon 2097152\n');
  t.equal(made?.usage(before), before, 'what took no processor time is not read again');
  await writeFile(path.join(group, 'cpu.stat'), 'usage_usec 2500001\n');
  t.match(made?.usage(before), { cpuSeconds: 2.500001, memoryBytes: 2_097_152 });
  t.same(made?.processes(), [12, 34]);
  t.same(made?.joinFiles, [path.join(group, 'cgroup.procs')]);
});
