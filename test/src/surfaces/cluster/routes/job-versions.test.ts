import t from 'tap';
import { aJob, openTestApi } from '../../../http/support/test-api.js';
import { LOCAL_ACTOR } from '../../../../fixtures/local-actor.js';

const { say, events } = await openTestApi(t);

interface Version {
  readonly version: number;
  readonly changes: readonly {
    readonly path: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
}

const versions = async (path: string): Promise<Version[]> =>
  ((await say('GET', `/jobs/${path}`)).json() as { versions: Version[] }).versions;
const exec = (command: string, env?: object) => ({
  name: 'main',
  config: { command },
  ...(env !== undefined && { env }),
});

void t.test('lists every version with time, author and changes', async (t) => {
  await say('POST', '/jobs', {
    job_id: 'many',
    task_groups: [{ name: 'web', tasks: [exec('true', { TOKEN: 'first-secret', LANG: 'C' })] }],
  });
  await say('PUT', '/jobs/many', {
    task_groups: [{ name: 'web', count: 2, tasks: [exec('false', { TOKEN: 'other-secret', LANG: 'C' })] }],
    priority: 70,
  });
  await say('DELETE', '/jobs/many');
  await say('POST', '/jobs/many/restart');
  await say('PUT', '/jobs/many', {
    task_groups: [{ name: 'api', tasks: [exec('id', { TOKEN: 'third-secret' })] }],
    priority: 70,
  });
  const answer = await say('GET', '/jobs/many/versions');
  t.equal(answer.status, 200);
  t.notMatch(answer.body, '-secret', 'no version shows the values of an environment');
  t.match(answer.json(), {
    count: 4,
    versions: [
      {
        version: 4,
        present: true,
        because: 'updated',
        from: null,
        changes: [
          { path: 'task_groups.api', before: null, after: /"TOKEN":"\*\*\*"/ },
          { path: 'task_groups.web', before: /"count":2/, after: null },
        ],
      },
      { version: 3, present: false, because: 'restarted', changes: [] },
      {
        version: 1,
        because: 'updated',
        changes: [
          { path: 'priority', before: null, after: '70' },
          { path: 'task_groups.web.count', before: null, after: '2' },
          { path: 'task_groups.web.tasks.main.config.command', before: 'true', after: 'false' },
          { path: 'task_groups.web.tasks.main.env.TOKEN', before: '***', after: '***' },
        ],
      },
      {
        version: 0,
        because: 'submitted',
        changes: [],
        created_by: LOCAL_ACTOR,
        created_at: Number,
        evaluation_id: /^[0-9a-f-]{36}$/,
      },
    ],
  });
});

void t.test('pages versions with their differences', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'pages' }));
  for (const priority of [10, 20, 30]) await say('PUT', '/jobs/pages', aJob({ priority }));
  const [newest, second] = await versions('pages/versions?limit=2');
  t.match(
    [newest, second],
    [
      { version: 3, changes: [{ before: '20', after: '30' }] },
      { version: 2, changes: [{ before: '10', after: '20' }] },
    ],
  );
  t.match(await versions('pages/versions?before=2'), [{ version: 1 }, { version: 0, changes: [] }]);
  t.same(await versions('pages/versions?before=0'), []);
  for (const wrong of ['limit=0', 'limit=101', 'before=-1', 'page=2'])
    t.equal((await say('GET', `/jobs/pages/versions?${wrong}`)).status, 400, wrong);
});

void t.test('reverts to a version by creating a new one that refers to it', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'back', priority: 10 }));
  await say('PUT', '/jobs/back', aJob({ priority: 20 }));
  const before = (await say('GET', '/jobs/back')).json() as object;
  const done = await say('POST', '/jobs/back/revert', { version: 0 });
  t.equal(done.status, 200);
  t.match(done.json(), {
    job_id: 'back',
    evaluation_id: /^[0-9a-f-]{36}$/,
    message: '作业回退到版本 0 的评估已加入队列',
  });
  t.match((await say('GET', '/jobs/back')).json(), { ...before, priority: 10, version: 2 });
  t.match(await versions('back/versions'), [
    { version: 2, because: 'reverted', from: 0, present: true },
    { version: 1 },
    { version: 0 },
  ]);
});

void t.test('creates one version for a repeated revert', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'retry', priority: 10 }));
  await say('PUT', '/jobs/retry', aJob({ priority: 20 }));
  const key = { 'idempotency-key': 'again' };
  const first = await say('POST', '/jobs/retry/revert', { version: 0 }, key);
  t.same((await say('POST', '/jobs/retry/revert', { version: 0 }, key)).json(), first.json());
  t.equal((await versions('retry/versions')).length, 3);
});

void t.test('refuses to revert to a missing or the current version, and changes nothing', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'no', priority: 10 }));
  await say('DELETE', '/jobs/no');
  await say('PUT', '/jobs/no', aJob({ priority: 20 }));
  const count = (await events()).length;
  const refused = [
    [{ version: 9 }, 404, 'version: job no has no version 9'],
    [{ version: 1 }, 404, 'version: job no has no version 1'],
    [{ version: 2 }, 409, 'version: job no is already at version 2'],
    [{ version: -1 }, 400, 'version'],
    [{ version: '0' }, 400, 'version'],
    [{}, 400, 'version'],
    [{ version: 0, force: true }, 400, 'force'],
  ] as const;
  for (const [body, status, text] of refused) {
    const answer = await say('POST', '/jobs/no/revert', body);
    t.equal(answer.status, status, JSON.stringify(body));
    t.match((answer.json() as { error: string }).error, text);
  }
  t.equal((await say('POST', '/jobs/absent/revert', { version: 0 })).status, 404);
  t.equal((await say('GET', '/jobs/absent/versions')).status, 404);
  t.equal(
    (await say('POST', '/jobs/task.1.1/revert', { version: 0 })).status,
    404,
    'jobs of other surfaces are not found',
  );
  t.equal((await events()).length, count);
});

void t.test('lists only versions since the last deletion', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'anew', priority: 10 }));
  await say('PUT', '/jobs/anew', aJob({ priority: 20 }));
  await say('POST', '/jobs/anew/delete');
  t.equal((await say('GET', '/jobs/anew/versions')).status, 404);
  await say('POST', '/jobs', aJob({ job_id: 'anew', priority: 30 }));
  t.match(await versions('anew/versions'), [{ version: 3, because: 'submitted', changes: [] }]);
  t.equal((await versions('anew/versions')).length, 1);
  t.equal((await say('POST', '/jobs/anew/revert', { version: 0 })).status, 404);
});
