import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import { contractTaskOf, orderTaskOf } from '#domain/protocol/index.js';
import { JobVersions } from '#src/fleet/nodes/job-versions.js';
import { openGroup } from '#src/fleet/sealed-environments/environment.js';
import { openTestApi } from '../../http/support/test-api.js';

const SECRET = 'hunter2-in-the-environment';
const job = (count = 1) => ({
  job_id: 'j',
  task_groups: [
    {
      name: 'g',
      count,
      tasks: [
        { name: 'main', config: { command: 'env' }, env: { TOKEN: SECRET, LANG: 'C' } },
        { name: 'plain', config: { command: 'true' }, env: {} },
      ],
    },
  ],
});

void t.test("returns a task's environment and sends it to agents, but stores it only sealed", async (t) => {
  const api = await openTestApi(t);
  t.equal((await api.say('POST', '/jobs', job())).status, 200);
  t.equal((await api.say('PUT', '/jobs/j', job(2))).status, 200);
  t.equal((await api.say('POST', '/templates', { name: 't', task_groups: job().task_groups })).status, 200);

  const echoed = (await api.say('GET', '/jobs/j')).json() as { task_groups: unknown };
  t.same(echoed.task_groups, job(2).task_groups);
  t.same(
    ((await api.say('GET', '/jobs')).json() as { jobs: { task_groups: unknown }[] }).jobs[0]?.task_groups,
    job(2).task_groups,
  );
  const [template] = ((await api.say('GET', '/templates')).json() as { templates: { template_id: string }[] })
    .templates;
  t.same(
    ((await api.say('GET', `/templates/${template?.template_id}`)).json() as { task_groups: unknown })
      .task_groups,
    job().task_groups,
  );

  const jobs = new JobVersions(api.store, {}, (group) => openGroup(api.identity.sealer, group));
  t.same(
    (await jobs.group('j', 1, 'g'))?.tasks.map(orderTaskOf),
    job().task_groups[0]?.tasks,
    'the order for the agent has the environment in plain text',
  );
  t.same(
    (await jobs.group('j', 1, 'g'))?.tasks.map(orderTaskOf),
    job().task_groups[0]?.tasks,
    'the cached group has it as well',
  );

  const sealed = (await api.events())
    .filter(({ stream }) => stream === 'job-j')
    .map(({ data }) => /"sealed_env":"([^"]+)"/.exec(data)?.[1]);
  t.equal(sealed.length, 2);
  t.match(sealed[0], /^sealed:1:cluster:/);
  t.equal(sealed[0], sealed[1], 'an unchanged environment has the same sealed text');
  for (const name of readdirSync(t.testdirName))
    t.notOk(readFileSync(join(t.testdirName, name)).includes(SECRET), name);
});

void t.test('refuses a sealed environment that was copied from an event', async (t) => {
  const api = await openTestApi(t);
  await api.say('POST', '/jobs', job());
  const [event] = await api.events();
  const { task_groups } = (JSON.parse(event?.data ?? '{}') as { specification: JobSpecification })
    .specification;
  const copied = task_groups.map((group) => ({
    ...group,
    tasks: group.tasks.map((task) => ({ ...contractTaskOf(task), sealed_env: task.sealed_env })),
  }));
  for (const [method, path, body] of [
    ['POST', '/jobs', { task_groups: copied }],
    ['PUT', '/jobs/j', { task_groups: copied }],
    ['POST', '/templates', { name: 't', task_groups: copied }],
  ] as const) {
    const said = await api.say(method, path, body);
    t.equal(said.status, 400);
    t.match(said.json(), { error: /sealed_env: is not a known key/ });
  }
});
