import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { tasks, type TaskCommand } from '#domain/tasks/task/index.js';
import { taskNameReservation } from '#domain/tasks/name/index.js';
import { sagaContext } from '#src/accounts/saga-context.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { muster } from '../../../fixtures/program.js';
import { tasksScene } from '../../surfaces/tasks/routes/scene.js';

t.setTimeout(120_000 * PATIENCE);

/** Returns ann's command line. `make` creates a task, also with a name that only older releases allowed. */
async function scene(t: Test) {
  const { api, ann } = await tasksScene(t);
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.app.server.address() as AddressInfo;
  const env = {
    MUSTER_SERVER_URL: `http://127.0.0.1:${port}`,
    MUSTER_TOKEN: String(ann['authorization']).replace('Bearer ', ''),
  };
  const cli = async (...args: string[]) => await muster(['task', ...args], env);
  let made = 0;
  const make = async (name: string): Promise<number> => {
    const said = await api.say(
      'POST',
      '/api/tasks',
      { name: `made ${(made += 1)}`, executor: 'shell', command: 'true' },
      ann,
    );
    const { id } = (said.json() as { data: { id: number } }).data;
    const state = await api.executor.load(tasks, String(id));
    if (state.kind !== 'present') throw new Error('there is no such task');
    const [definition, nameReservation] = [{ ...state.definition, name }, taskNameReservation('a', name)];
    const command: TaskCommand = {
      kind: 'update',
      taskId: id,
      definition,
      nameReservation,
      now: Date.now(),
      permitted: true,
    };
    await api.executor.execute(
      tasks,
      String(id),
      command,
      sagaContext('test', { uuid: () => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}` }),
    );
    await api.caughtUp();
    return id;
  };
  const names = async (): Promise<string[]> =>
    (JSON.parse((await cli('list', '-o', 'json')).stdout) as { name: string }[]).map(({ name }) => name);
  return { cli, make, names };
}

void t.test("requires --id or --name to delete a task whose name is another's id", async (t) => {
  const { cli, make, names } = await scene(t);
  const first = await make('backup');
  const second = await make(String(first));
  const ambiguous = await cli('delete', String(first));
  t.match(ambiguous, {
    code: 1,
    stderr: new RegExp(
      `${first} is the id of one task and the name of another:\n  ${first}  backup\n  ${second}  ${first}\nChoose one`,
    ),
  });
  t.same(await names(), ['backup', String(first)]);
  t.match(await cli('show', String(first), '--id'), { code: 0, stdout: /backup/ });
  t.match(await cli('delete', String(first), '--name'), { code: 0 });
  t.same(await names(), ['backup']);
  t.match(
    await cli('delete', String(first)),
    { code: 0 },
    'the number is unambiguous after the other task was deleted',
  );
  t.same(await names(), []);
});

void t.test('does not accept a task number as the prefix of another one', async (t) => {
  const { cli, make, names } = await scene(t);
  for (let number = 1; number <= 12; number += 1) await make(`nightly 1 of ${number}`);
  t.match(await cli('delete', '1'), { code: 0 });
  t.match(
    await cli('delete', '1'),
    { code: 1, stderr: /no such task: 1$/ },
    'neither task 10 nor task 11 is found by this prefix',
  );
  t.equal((await names()).length, 11);
});

void t.test(
  'finds a task by any Unicode form of its name, also when its file is applied twice',
  async (t) => {
    const { cli, make } = await scene(t);
    const [composed, apart] = ['NFC', 'NFD'].map((form) => 'Größe'.normalize(form)) as [string, string];
    const id = await make(apart);
    for (const given of [composed, apart, composed.slice(0, 4)])
      t.match(JSON.parse((await cli('show', given, '-o', 'json')).stdout), { id }, given);
    const folder = ownFolder(t);
    await writeFile(
      join(folder, 'a.yaml'),
      `name: ${composed}\nexecutor: shell\ncommand: "true"\n---\nname: after\nexecutor: shell\ncommand: "true"\nafter: {tasks: [${composed}]}\n`,
    );
    t.match(await cli('apply', '-f', folder, '--set', 's', '--yes'), {
      code: 0,
      stdout: /1 to create, 1 to change/,
    });
    t.match(await cli('apply', '-f', folder, '--set', 's', '--dry-run'), {
      code: 0,
      stdout: /^0 to create, 0 to change, 0 to delete, 2 unchanged/,
    });
  },
);

void t.test('applies no task if one of the names is invalid', async (t) => {
  const { cli, names } = await scene(t);
  const folder = ownFolder(t);
  await writeFile(
    join(folder, 'a.yaml'),
    ['one', '"123"'].map((name) => `name: ${name}\nexecutor: shell\ncommand: "true"\n`).join('---\n'),
  );
  t.match(await cli('apply', '-f', folder, '--yes'), { code: 1, stderr: /123: name: must not be a number/ });
  t.same(await names(), []);
});
