import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { NAME_RESERVATION_TIMEOUT_MS } from '#domain/kernel/held-name.js';
import { taskNameErrors, taskNames } from '#domain/tasks/name/index.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { openCommandExecutor } from '#src/engine/commands/command-executor.js';
import { HeldNames, type Adoption } from '#src/engine/commands/held-names.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { commandContext } from '../../../fixtures/command-context.js';

let count = 0;
const context = (): CommandContext =>
  commandContext({
    commandId: `c${(count += 1)}`,
    bodyDigest: 'digest',
    correlationId: 'r',
    causationId: 'r',
    actor: 'anonymous',
    surface: 'tasks',
  });

/** A name that holder 1 has reserved, with this adoption. */
async function held(t: Test, adoption: Adoption) {
  const executor = await openCommandExecutor({
    store: createMemoryEventStore(),
    clock: systemClock,
    writer: 'w',
  });
  t.teardown(() => executor.close());
  let ahead = 0;
  const names = new HeldNames({
    executor,
    clock: { now: () => systemClock.now() + ahead },
    names: taskNames,
    taken: taskNameErrors.MUSTER_E_TASK_NAME_TAKEN,
    adoption: async () => adoption,
  });
  await names.reserve('r', 1, 'backup', context());
  return {
    names,
    holder: async () => {
      const state = await executor.load(taskNames, 'r');
      return state.kind === 'held' ? state.holder : undefined;
    },
    later: (ms: number) => {
      ahead += ms;
    },
  };
}

void t.test('a name that its holder has adopted is refused to others until it is released', async (t) => {
  const { names, holder, later } = await held(t, 'adopted');
  later(2 * NAME_RESERVATION_TIMEOUT_MS);
  await t.rejects(names.reserve('r', 2, 'backup', context()), { code: 'MUSTER_E_TASK_NAME_TAKEN' });
  await names.release('r', 2, context());
  t.equal(await holder(), 1, 'another holder cannot release the name');
  await names.release('r', 1, context());
  await names.reserve('r', 2, 'backup', context());
  t.equal(await holder(), 2);
});

void t.test('a name that was never adopted is reclaimed after ten minutes', async (t) => {
  const { names, holder, later } = await held(t, 'pending');
  await t.rejects(names.reserve('r', 2, 'backup', context()), { code: 'MUSTER_E_TASK_NAME_TAKEN' });
  later(NAME_RESERVATION_TIMEOUT_MS);
  await names.reserve('r', 2, 'backup', context());
  t.equal(await holder(), 2);
});

void t.test('the name of a holder that has ended is reclaimed at once', async (t) => {
  const { names, holder } = await held(t, 'over');
  await names.reserve('r', 2, 'backup', context());
  t.equal(await holder(), 2);
});
