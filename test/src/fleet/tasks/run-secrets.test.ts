import t from 'tap';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import type { OpenRun, PresentTask, TaskDefinition } from '#domain/tasks/task/index.js';
import { TenantSecrets } from '#src/accounts/tenant-secrets.js';
import { openEnvironment, sealEnvironment } from '#src/fleet/sealed-environments/index.js';
import { preparedJob } from '#src/fleet/tasks/run-secrets.js';
import type { UserPrincipal } from '#src/accounts/principal.js';
import { plainTask } from '../../../fixtures/plain-task.js';
import { openTestApi } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

const ann: UserPrincipal = {
  kind: 'user',
  userId: 'ann',
  number: 1,
  role: 'user',
  tenantId: 't1',
  execute: true,
  via: 'token',
};
const context = (commandId: string) =>
  commandContext({
    commandId,
    causationId: commandId,
    correlationId: commandId,
    actor: 'user:ann',
    surface: 'tasks',
  });
const task = (tenantId: string) => ({ taskId: 7, tenantId }) as PresentTask;

void t.test('prepares an attempt with the current secrets, or not at all if one is missing', async (t) => {
  const api = await openTestApi(t);
  const host = { executor: api.executor, sealer: api.identity.sealer };
  const secrets = new TenantSecrets(host);
  const subject = tenantSubject('t1');
  const sealedEnvironment = await sealEnvironment(host.sealer, subject, { A: 'a', PW: 'from the task' });
  const run = (work: Partial<TaskDefinition['work']>, own: Partial<OpenRun> = {}): OpenRun => ({
    run: 1,
    trigger: 'manual',
    slot: null,
    attempt: 1,
    lost: 0,
    dueAt: 0,
    definedAt: 0,
    ...own,
    definition: plainTask({
      work: { executor: 'shell', command: 'true', ...work } as TaskDefinition['work'],
    }),
  });
  const opened = async (each: OpenRun, tenant = 't1'): Promise<unknown> => {
    const prepared = await preparedJob(host, task(tenant), each);
    if ('problem' in prepared) return prepared;
    const sealed = prepared.specification.task_groups[0]?.tasks[0]?.sealed_env;
    return sealed === undefined ? undefined : await openEnvironment(host.sealer, sealed);
  };

  const refers = run({ sealedEnvironment, references: { PW: 'pw', OTHER: 'pw', X: '__proto__' } });
  t.same(await opened(refers), { problem: 'missing', name: 'pw' });
  await secrets.set(ann, 'pw', 'one', context('c1'));
  t.same(await opened(refers), { problem: 'missing', name: '__proto__' });
  await secrets.set(ann, '__proto__', 'odd', context('c2'));
  t.same(await opened(refers), { A: 'a', PW: 'one', OTHER: 'one', X: 'odd' });
  await secrets.set(ann, 'pw', 'two', context('c3'));
  t.same(await opened(refers), { A: 'a', PW: 'two', OTHER: 'two', X: 'odd' });
  t.same(
    await opened(refers, 't2'),
    { problem: 'missing', name: 'pw' },
    'the secret of another tenant is missing',
  );

  t.same(
    await opened(run({ sealedEnvironment, references: { PW: 'none' } }, { references: {} })),
    { A: 'a', PW: 'from the task' },
    'a trigger can remove a reference',
  );
  t.same(
    await opened(run({ sealedEnvironment }, { references: { A: 'pw' } })),
    { A: 'two', PW: 'from the task' },
    'a trigger can add a reference',
  );
  t.equal(await opened(run({})), undefined);

  await secrets.set(ann, 'large', 'ä'.repeat(32_768), context('c4'));
  const variables = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`V${n}`, 'large']));
  t.match(await opened(run({ references: variables(2) })), { V0: /^ä+$/, V1: /^ä+$/ });
  t.same(await opened(run({ references: variables(3) })), { problem: 'too_large' });

  await secrets.remove(ann, 'pw', context('c5'));
  t.same(await opened(refers), { problem: 'missing', name: 'pw' });
});
