import t from 'tap';
import { ACCEPTS_TENANTS } from '#domain/drivers/tenant-refusal.js';
import { jobSpecification } from '#domain/jobs/job/specification.js';
import { MAX_REPEATED_TEXT } from '#domain/jobs/job/stored-in.js';
import {
  specificationOf,
  withStoredProgram,
  type OpenRun,
  type TaskDefinition,
  storedUrl,
} from '#domain/tasks/task/index.js';
import { plainTask } from '../../../fixtures/plain-task.js';

const CALL: TaskDefinition['work'] = {
  executor: 'http',
  url: 'https://example.com/',
  method: 'GET',
  headers: [],
  bodyPieces: 0,
};
const TASK = { taskId: 7, tenantId: 'acme' };
const TAGS = Array.from({ length: 32 }, (_, index) => `t${index}`);

function groupOf(changes: Partial<TaskDefinition>) {
  const run = {
    run: 1,
    trigger: 'manual',
    slot: null,
    attempt: 1,
    lost: 0,
    dueAt: 0,
    definedAt: 0,
    definition: plainTask(changes),
  } as const;
  const specification = specificationOf(run, TASK);
  t.same(jobSpecification.parse(specification), specification, 'the specification is a valid job');
  return specification.task_groups[0];
}

void t.test('a run holds one slot unless its task specifies another number', async (t) => {
  t.same(groupOf({ resources: { cpu: 100 } })?.tasks[0]?.resources, { cpu: 100, slots: 1 });
  t.same(groupOf({ resources: { cpu: 100, slots: 3 } })?.tasks[0]?.resources, { cpu: 100, slots: 3 });
});

void t.test(
  'a process gets the trigger, attempt and slot of its run as variables; a call has no environment',
  async (t) => {
    const run = {
      run: 2,
      trigger: 'backfill',
      slot: Date.UTC(2026, 0, 2, 3),
      attempt: 4,
      lost: 1,
      dueAt: 0,
      definedAt: 0,
      definition: plainTask({}),
    } as const;
    const named = {
      MUSTER_TASK_ID: String(TASK.taskId),
      MUSTER_TASK_NAME: run.definition.name,
      MUSTER_RUN: '2',
    };
    const envOf = (open: Parameters<typeof specificationOf>[0]) =>
      specificationOf(open, TASK).task_groups[0]?.tasks[0]?.env;
    t.same(envOf(run), {
      ...named,
      MUSTER_TRIGGER: 'backfill',
      MUSTER_ATTEMPT: '4',
      MUSTER_SLOT: '2026-01-02T03:00:00Z',
      MUSTER_SLOT_LOCAL: '2026-01-02T03:00:00+00:00',
    });
    for (const [timezone, local] of [
      ['Europe/Berlin', '2026-01-02T04:00:00+01:00'],
      ['America/St_Johns', '2026-01-01T23:30:00-03:30'],
      ['Asia/Kathmandu', '2026-01-02T08:45:00+05:45'],
    ] as const)
      t.match(envOf({ ...run, definition: plainTask({ timing: { ...run.definition.timing, timezone } }) }), {
        TZ: timezone,
        MUSTER_SLOT_LOCAL: local,
      });
    t.same(envOf({ ...run, trigger: 'manual', slot: null }), {
      ...named,
      MUSTER_TRIGGER: 'manual',
      MUSTER_ATTEMPT: '4',
    });
    const after = { taskId: 4, run: 8, name: 'load', status: 'failed', exitCode: 11 } as const;
    const envAfter = (ended: typeof after | { readonly taskId: number; readonly run: number }) =>
      specificationOf({ ...run, trigger: 'after', slot: null }, TASK, undefined, ended).task_groups[0]
        ?.tasks[0]?.env;
    const ofChain = { ...named, MUSTER_TRIGGER: 'after', MUSTER_ATTEMPT: '4' };
    t.same(envAfter(after), {
      ...ofChain,
      MUSTER_AFTER_TASK_ID: '4',
      MUSTER_AFTER_TASK_NAME: 'load',
      MUSTER_AFTER_RUN: '8',
      MUSTER_AFTER_STATUS: 'failed',
      MUSTER_AFTER_EXIT_CODE: '11',
    });
    t.same(envAfter({ taskId: 4, run: 8 }), {
      ...ofChain,
      MUSTER_AFTER_TASK_ID: '4',
      MUSTER_AFTER_RUN: '8',
    });
    t.equal(envOf({ ...run, definition: plainTask({ work: CALL }) }), undefined);
  },
);

void t.test(
  'a run requires a worker with every tag of its task, and the constraints of its executor',
  async (t) => {
    const gpu = { attribute: 'tag.gpu', operator: '=', value: 'true' };
    t.equal(groupOf({ work: CALL })?.constraints, undefined);
    t.same(groupOf({ work: CALL, tags: ['gpu'] })?.constraints, [gpu]);
    t.same(groupOf({ tags: ['gpu'] })?.constraints, [ACCEPTS_TENANTS, gpu]);
    t.equal(groupOf({ tags: TAGS })?.constraints?.length, 33);
  },
);

void t.test('a call ends within an hour, even if its task has a longer or no timeout', async (t) => {
  const limitOf = (changes: Partial<TaskDefinition>) => groupOf(changes)?.tasks[0]?.max_run_seconds;
  t.equal(limitOf({ work: CALL, timeoutSeconds: 604_800 }), 3600);
  t.equal(limitOf({ work: CALL, timeoutSeconds: 0 }), 3600);
  t.equal(limitOf({ work: CALL, timeoutSeconds: 60 }), 60);
  t.equal(limitOf({ timeoutSeconds: 604_800 }), 604_800);
  t.equal(limitOf({ timeoutSeconds: 0 }), undefined);
});

const LONG = 'x'.repeat(MAX_REPEATED_TEXT + 1);
const SEALED = `sealed:1:tenant.acme:${LONG}`;
const RUN = { run: 1, trigger: 'manual', slot: null, attempt: 1, lost: 0, dueAt: 0, definedAt: 3 } as const;

void t.test(
  'the job of a run contains a reference to the event that holds a long text, and not the text itself',
  async (t) => {
    const taskOf = (run: OpenRun, referred?: string) => {
      const specification = specificationOf(run, TASK, referred);
      t.same(jobSpecification.parse(specification), specification, 'the specification is a valid job');
      return specification.task_groups[0]?.tasks[0];
    };
    const call = taskOf({ ...RUN, definition: plainTask({ work: { ...CALL, sealedEnvironment: SEALED } }) });
    t.match(call, {
      sealed_env: undefined,
      stored_in: { task: 7, environment: 3 },
      config: { url: 'https://example.com/' },
    });
    const secret = {
      ...CALL,
      ...storedUrl('https://example.com/hook'),
      sealedEnvironment: 'sealed:1:tenant.acme:url'.padEnd(80, 'x'),
    };
    t.match(taskOf({ ...RUN, definition: plainTask({ work: secret }) }), {
      sealed_env: secret.sealedEnvironment,
      config: { url: { env: 'MUSTER_URL' } },
    });
    const shell = plainTask({ work: { executor: 'shell', command: LONG, sealedEnvironment: SEALED } });
    t.match(taskOf({ ...RUN, definition: shell }), {
      sealed_env: undefined,
      stored_in: { task: 7, environment: 3, program: 3 },
      config: { tenant: 'acme' },
    });
    t.notOk(JSON.stringify(taskOf({ ...RUN, definition: shell })).includes('xxxx'));
    t.match(
      taskOf({ ...RUN, definition: shell, sealedEnvironment: SEALED, environmentAt: 5 }),
      { stored_in: { environment: 5, program: 3 } },
      'a trigger has its own environment',
    );
    t.match(taskOf({ ...RUN, definition: shell }, 'sealed:1:tenant.acme:refers'.padEnd(80, 'x')), {
      sealed_env: /refers/,
      stored_in: { environment: 3, program: 3 },
    });
    const conda = taskOf({
      ...RUN,
      pin: { environmentId: 'e', generation: 1, lock: 'l', backend: 'venv', platform: 'p' },
      definition: plainTask({
        work: { executor: 'conda', environmentId: 'e', called: 'c', script: { content: LONG } },
      }),
    });
    t.match(conda, { stored_in: { task: 7, program: 3 }, config: { action: 'run', lock: 'l' } });

    const short = plainTask({
      work: { executor: 'shell', command: 'true', sealedEnvironment: 'sealed:1:tenant.acme:short' },
    });
    const small = specificationOf({ ...RUN, definition: short }, TASK).task_groups[0]?.tasks[0];
    t.match(small, { sealed_env: 'sealed:1:tenant.acme:short', config: { command: 'true' } });
    t.equal(small?.stored_in, undefined, 'a short text is repeated');
  },
);

void t.test('a config is completed with the text stored in an event of its task', async (t) => {
  const work = { executor: 'shell', command: LONG } as const;
  const config =
    specificationOf({ ...RUN, definition: plainTask({ work }) }, TASK).task_groups[0]?.tasks[0]?.config ?? {};
  t.same(withStoredProgram(config, work), { command: LONG, tenant: 'acme', give_output: true });
});
