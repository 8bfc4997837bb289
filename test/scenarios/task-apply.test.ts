import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { muster } from '../fixtures/program.js';
import { taskBody } from '#src/surfaces/tasks/task-contract.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(300_000 * PATIENCE);

void t.test('apply shows the differences and then makes tasks match the files of a folder', async (t) => {
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: 'password123' } });
  const root = await TaskAccount.logIn(server.api, 'admin', 'password123');
  const cli = async (...args: string[]) =>
    await muster(['task', ...args], { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token });
  const folder = join(ownFolder(t), 'nightly');
  await mkdir(folder);
  const file = async (name: string, text: string): Promise<void> => await writeFile(join(folder, name), text);
  const both = [
    'name: backup',
    'executor: shell',
    'command: pg_dump mydb',
    'schedule: 0 2 * * *',
    'environment: {PGPASSWORD: hidden-word}',
    '---',
    '- {name: ping, executor: http, url: "https://example.com/"}',
    '',
  ].join('\n');
  await file('nightly.yaml', both);
  await file('notes.txt', 'no task');
  const other = await root.create({ name: 'by-hand', command: 'true' });
  await server.api.post('/api/auth/register', { username: 'ann', password: 'password123' });
  const ann = await TaskAccount.logIn(server.api, 'ann', 'password123');
  const hers = await ann.create({
    name: 'backup',
    executor: 'http',
    url: 'https://example.com/',
    labels: { 'muster/applied': 'nightly' },
  });
  const surplus = await ann.create({
    name: 'gone',
    executor: 'http',
    url: 'https://example.com/',
    labels: { 'muster/applied': 'nightly' },
  });

  t.match(await cli('apply', '-f', folder, '--dry-run'), {
    code: 3,
    stdout: /^\+ backup\n\+ ping\n2 to create, 0 to change, 0 to delete, 0 unchanged/,
  });
  t.match(await cli('apply', '-f', folder), {
    code: 1,
    stderr: /not a terminal: pass --yes, or --dry-run to only show the differences/,
  });
  t.same((await cli('list', '-o', 'json')).stdout.includes('pg_dump'), false, 'no task was created yet');
  t.match(await cli('apply', '-f', folder, '--yes'), { code: 0 });
  const again = await cli('apply', '-f', folder, '--dry-run');
  t.match(again, { code: 0, stdout: /^0 to create, 0 to change, 0 to delete, 2 unchanged/ });

  await file(
    'nightly.yaml',
    both
      .replace('0 2 * * *', '0 3 * * *')
      .replace('hidden-word', 'another-word')
      .replace('command:', 'retry_count: 2\ncommand:'),
  );
  const changes = await cli('apply', '-f', folder, '--yes');
  t.match(changes, {
    code: 0,
    stdout:
      /~ backup\n +environment: changes\n +schedule: "0 2 \* \* \*" -> "0 3 \* \* \*"\n +retry_count: 0 -> 2\n/,
  });
  t.notMatch(changes.stdout + changes.stderr, /-word/);
  const [backup] = JSON.parse((await cli('list', '-o', 'json')).stdout).filter(
    ({ id, name }: { id: number; name: string }) => name === 'backup' && id !== hers.id,
  );
  t.match(backup, {
    schedule: '0 3 * * *',
    retry_count: 2,
    environment: { PGPASSWORD: 'another-word' },
    labels: { 'muster/applied': 'nightly' },
  });

  await file('nightly.yaml', 'name: backup\nexecutor: shell\ncommand: pg_dump mydb\n');
  t.match(await cli('apply', '-f', folder, '--yes'), {
    code: 0,
    stdout: /schedule: "0 3 \* \* \*" -> \(none\)[^]*  ping is no longer in any file; delete it with --prune/,
  });
  t.match(await root.task(backup.id), { schedule_text: null, retry_count: 0 });
  t.match(await cli('apply', '-f', folder, '--yes', '--prune', '-o', 'json'), {
    code: 0,
    stdout: /"surplus": \[\n +\{[^]*"name": "ping"/,
  });
  const left = JSON.parse((await cli('list', '-o', 'json')).stdout) as { id: number; name: string }[];
  t.same(
    left
      .filter(({ id }) => id !== hers.id && id !== surplus.id)
      .map(({ name }) => name)
      .sort(),
    ['backup', 'by-hand'],
    'tasks that no file made are never deleted',
  );
  t.ok(left.some(({ id }) => id === other.id));
  t.same((await ann.task(hers.id)).updated_at, hers.updated_at, 'tasks of another tenant are unchanged');
  t.match(await ann.task(surplus.id), { name: 'gone' }, 'tasks of another tenant are not deleted');

  const elsewhere = join(ownFolder(t), 'nightly');
  await mkdir(elsewhere);
  t.match(await cli('apply', '-f', elsewhere, '--yes', '--prune'), {
    code: 1,
    stderr: /task backup of the set nightly was applied from .*nightly; pass --set nightly to delete it/,
  });
  await writeFile(join(elsewhere, 'report.yaml'), 'name: report\nexecutor: shell\ncommand: date\n');
  t.match(await cli('apply', '-f', elsewhere, '--yes', '--prune'), {
    code: 1,
    stderr: /task backup of the set/,
  });
  t.match((await cli('list', '-o', 'json')).stdout, /"backup"/, 'another checkout deletes nothing');
  t.match(await cli('apply', '-f', elsewhere, '--yes', '--set', 'b'), { code: 0 });
  await rm(join(elsewhere, 'report.yaml'));
  t.match(await cli('apply', '-f', elsewhere, '--yes', '--prune', '--set', 'b'), {
    code: 0,
    stdout: /- report/,
  });

  await file('twice.json', '[{"name": "backup", "executor": "shell", "command": "true"}]');
  t.match(await cli('apply', '-f', folder, '--yes'), {
    code: 1,
    stderr: /twice\.json: task backup is already defined in .*nightly\.yaml/,
  });
  await file('twice.json', '[{"name": "bad", "executor": "shell", "command": "true", "privileged": true}]');
  t.match(await cli('apply', '-f', folder, '--yes'), {
    code: 1,
    stderr: /twice\.json:1:58: privileged: is not a known key/,
  });
  await rm(join(folder, 'twice.json'));
  t.match(await cli('apply', '-f', join(folder, 'none.yaml'), '--yes'), {
    code: 1,
    stderr: /cannot read .*none\.yaml/,
  });
  await file(
    'many.yaml',
    'name: one\nexecutor: shell\ncommand: "true"\n---\nname: two\nexecutor: shell\ncommand: "true"\n',
  );
  t.match(await cli('create', '-f', join(folder, 'many.yaml')), {
    code: 0,
    stdout: /one +active[^]*two +active/,
  });

  const names = async () => (await cli('list', '-o', 'json')).stdout;
  await file(
    'three.yaml',
    '- {name: p1, executor: shell, command: date}\n- {name: p2, executor: shell, comand: date}\n',
  );
  t.match(await cli('create', '-f', join(folder, 'three.yaml')), {
    code: 1,
    stderr: /three\.yaml:2:31: comand: is not a known key; did you mean command\? \(task p2\)/,
  });
  await file(
    'taken.yaml',
    '- {name: p1, executor: shell, command: date}\n- {name: two, executor: shell, command: date}\n',
  );
  t.match(await cli('create', '-f', join(folder, 'taken.yaml')), {
    code: 1,
    stderr: /two: name: task two already exists\n[^]*no task was created/,
  });
  t.notMatch(await names(), '"p1"', 'a list is created whole or not at all');
});

/** Every optional field of a task, with a value that is not its default. */
const FULL: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  shell: {
    command: 'true',
    working_directory: '/tmp',
    environment: { A: 'b' },
    schedule: '0 2 * * *',
    day_match: 'and',
    start_at: '2030-01-01T00:00:00Z',
    end_at: '2031-01-01T00:00:00Z',
  },
  python: {
    command: 'report.py',
    arguments: ['x'],
    python_path: '/usr/bin/python3',
    run_at: '2030-01-01T00:00:00Z',
  },
  http: {
    url: 'https://example.com/',
    method: 'POST',
    headers: { a: 'b' },
    body: 'c',
    expect: { status: [204] },
  },
};
const COMMON = {
  description: 'why',
  timezone: 'Europe/Berlin',
  concurrency: 'allow',
  misfire: 'skip',
  misfire_within_seconds: 600,
  start_within_seconds: 300,
  jitter_seconds: 5,
  after: { tasks: [1] },
  priority: 'high',
  notify: { on: ['success'], url: 'https://example.com/told' },
  retry_count: 2,
  retry_delay_seconds: 20,
  timeout_seconds: 60,
  on_lost: 'fail',
  tags: ['big'],
  labels: { team: 'data' },
  keep_runs: 5,
  resources: { cpu: 200, memory: 256 },
};
/** Required fields, which cannot be removed. */
const NEEDED = ['command', 'url', 'expect'];

void t.test('a field that is removed from a file is reset to its default', async (t) => {
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: 'password123' } });
  const root = await TaskAccount.logIn(server.api, 'admin', 'password123');
  const cli = async (...args: string[]) =>
    await muster(['task', ...args], { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token });
  const folder = join(ownFolder(t), 'all');
  await mkdir(folder);
  await root.create({ name: 'forerunner', command: 'true' });
  const asked = new Set<string>();
  for (const [executor, work] of Object.entries(FULL)) {
    const whole = { name: executor, executor, ...COMMON, ...work };
    const bare = Object.fromEntries(
      Object.entries(whole).filter(([field]) => ['name', 'executor', ...NEEDED].includes(field)),
    );
    for (const field of Object.keys(whole)) asked.add(field);
    const file = join(folder, `${executor}.json`);
    await writeFile(file, JSON.stringify(whole));
    t.match(await cli('apply', '-f', folder, '--yes'), { code: 0, stderr: '' }, executor);
    await writeFile(file, JSON.stringify(bare));
    const taken = await cli('apply', '-f', folder, '--yes');
    t.match(taken, { code: 0, stderr: '' }, `${executor} without its optional fields`);
    for (const field of Object.keys(whole))
      if (!(field in bare)) t.match(taken.stdout, new RegExp(`^    ${field}: `, 'm'), field);
    t.match(await cli('apply', '-f', folder, '--dry-run'), { code: 0 }, 'after the apply nothing differs');
  }
  await writeFile(
    join(folder, 'http.json'),
    JSON.stringify({ name: 'http', executor: 'http', ...FULL['http'], expect: undefined }),
  );
  t.match(await cli('apply', '-f', folder, '--yes'), {
    code: 1,
    stderr: /http: expect cannot be removed from a task; delete the task first: muster task delete http/,
  });
  await writeFile(
    join(folder, 'http.json'),
    JSON.stringify({ name: 'http', executor: 'shell', command: 'true' }),
  );
  t.match(
    await cli('apply', '-f', folder, '--yes'),
    { code: 0, stderr: '' },
    'the field can be removed together with a change of the executor',
  );
  const fields = new Set(taskBody.options.flatMap(({ shape }) => Object.keys(shape)));
  t.same([...asked].sort(), [...fields].sort(), 'every field was covered');
});

void t.test('apply accepts files whose tasks depend on each other, in any order', async (t) => {
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: 'password123' } });
  const root = await TaskAccount.logIn(server.api, 'admin', 'password123');
  const cli = async (...args: string[]) =>
    await muster(['task', ...args], { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token });
  const file = join(ownFolder(t), 'chain.yaml');
  const write = async (tasks: Readonly<Record<string, readonly string[]>>): Promise<void> => {
    const bodies = Object.entries(tasks).map(([name, after]) => ({
      name,
      executor: 'shell',
      command: 'true',
      ...(after.length > 0 && { after: { tasks: after } }),
    }));
    await writeFile(file, JSON.stringify(bodies));
  };
  const old = await root.create({ name: 'old', command: 'true' });
  await write({ ship: ['build'], build: ['old'], old: [] });
  t.match(await cli('apply', '-f', file, '--yes'), { code: 0, stderr: '' });
  const list = JSON.parse((await cli('list', '-o', 'json')).stdout) as {
    id: number;
    name: string;
    after?: { tasks: number[] };
  }[];
  const find = (name: string) => list.find((task) => task.name === name);
  t.same(find('build')?.after?.tasks, [old.id]);
  t.same(find('ship')?.after?.tasks, [find('build')?.id]);
  t.match(await cli('apply', '-f', file, '--dry-run'), { code: 0, stdout: /3 unchanged/ });

  await write({ ship: ['pack'], build: ['old'], old: [], pack: ['build'] });
  t.match(await cli('apply', '-f', file, '--yes'), {
    code: 0,
    stdout:
      /\+ pack\n~ ship\n +after: \{"tasks":\["build"\],"on":"success"\} -> \{"tasks":\["pack"\],"on":"success"\}/,
  });
  await write({ ship: ['nobody'], build: ['old'], old: [], pack: ['build'], new: [] });
  t.match(await cli('apply', '-f', file, '--yes'), {
    code: 1,
    stderr: /ship: after\.tasks refers to nobody, which does not exist and would not be created/,
  });
  await write({ ship: ['pack'], build: ['old'], old: [], pack: ['build'], new: ['newer'], newer: ['new'] });
  t.match(await cli('apply', '-f', file, '--yes'), {
    code: 1,
    stderr: /circular dependency: new after newer after new/,
  });
  t.notOk((await cli('list')).stdout.includes('new'), 'no task was created');
});
