import t from 'tap';
import { isAnotherPlacement, refuseOtherContent } from '#agents/runner/another-placement.js';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { order } from '../support/agent.js';

const given = order({ command: 'true' });
const placed = (placed_at: number): AllocationOrder => ({ ...given, placed_at });

void t.test(
  'treats an order as another placement only if both have a placement time and the times differ',
  async (t) => {
    t.equal(isAnotherPlacement({ order: placed(1) }, placed(2)), true);
    t.equal(isAnotherPlacement({ order: placed(2) }, placed(1)), true);
    t.equal(isAnotherPlacement({ order: placed(0) }, placed(1)), true, 'a placement time of 0 is a date too');
    t.equal(isAnotherPlacement({ order: placed(1) }, placed(1)), false);
    t.equal(isAnotherPlacement({ order: given }, placed(1)), false);
    t.equal(isAnotherPlacement({ order: placed(1) }, given), false);
    t.equal(isAnotherPlacement({ order: given }, given), false);
    t.equal(
      isAnotherPlacement({ order: undefined }, placed(1)),
      false,
      'an allocation that was stopped before its order has no placement',
    );
  },
);

void t.test('refuses an order with a known id but another job, program, GPU or port', async (t) => {
  const refused = (before: AllocationOrder | undefined, later: AllocationOrder): void =>
    refuseOtherContent({ order: before }, later);
  const others: Readonly<Record<string, AllocationOrder>> = {
    'another job': { ...given, job_id: 'another' },
    'another program': {
      ...given,
      task_group: { ...given.task_group, tasks: order({ command: 'false' }).task_group.tasks },
    },
    'another GPU': { ...given, gpu_devices: { main: [1] } },
    'another port': { ...given, ports: { main: [{ container: 80, host: 8080 }] } },
  };
  for (const [what, other] of Object.entries(others)) {
    t.throws(
      () => refused(given, other),
      { code: 'MUSTER_E_INVALID', message: /was already requested with different content/ },
      what,
    );
    t.throws(() => refused(other, given), { code: 'MUSTER_E_INVALID' }, `${what}, in the opposite order`);
    t.doesNotThrow(() => refused(other, structuredClone(other)), `${what}, repeated`);
    t.doesNotThrow(() => refused(undefined, other), `${what}, for an allocation that was only stopped`);
    t.doesNotThrow(() => refused(placed(1), other), `${what}, if the first order is dated`);
    t.doesNotThrow(() => refused(given, { ...other, placed_at: 1 }), `${what}, if the second order is dated`);
  }
  t.doesNotThrow(
    () => refused(given, { ...given, registries: ['r.example'], registry_credentials: {} }),
    'registry credentials may differ',
  );
  t.doesNotThrow(() => refused(given, { ...given, image_owner: 'someone' }), 'the image owner may differ');
});
