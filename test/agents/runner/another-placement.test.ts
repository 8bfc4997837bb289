import t from 'tap';
import { isAnotherPlacement, refuseOtherContent } from '#agents/runner/another-placement.js';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { order } from '../support/agent.js';

const given = order({ command: 'true' });
const placed = (placed_at: number): AllocationOrder => ({ ...given, placed_at });

void t.test(
  'an order is of another allocation only where both say when they were placed, and differ in it',
  async (t) => {
    t.equal(isAnotherPlacement({ order: placed(1) }, placed(2)), true);
    t.equal(isAnotherPlacement({ order: placed(2) }, placed(1)), true);
    t.equal(isAnotherPlacement({ order: placed(0) }, placed(1)), true, 'the first millisecond is a time too');
    t.equal(isAnotherPlacement({ order: placed(1) }, placed(1)), false);
    t.equal(isAnotherPlacement({ order: given }, placed(1)), false);
    t.equal(isAnotherPlacement({ order: placed(1) }, given), false);
    t.equal(isAnotherPlacement({ order: given }, given), false);
    t.equal(
      isAnotherPlacement({ order: undefined }, placed(1)),
      false,
      'one that was stopped before its order came',
    );
  },
);

void t.test(
  'an order that asks for something else under a known id is refused, by each part of what runs and on what',
  async (t) => {
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
        { code: 'MUSTER_E_INVALID', message: /was ordered before with other content/ },
        what,
      );
      t.throws(() => refused(other, given), { code: 'MUSTER_E_INVALID' }, `${what}, the other way`);
      t.doesNotThrow(() => refused(other, structuredClone(other)), `${what}, sent again`);
      t.doesNotThrow(() => refused(undefined, other), `${what}, of what was only stopped before`);
      t.doesNotThrow(() => refused(placed(1), other), `${what}, where the first says when it was placed`);
      t.doesNotThrow(
        () => refused(given, { ...other, placed_at: 1 }),
        `${what}, where the second says when it was placed`,
      );
    }
    t.doesNotThrow(
      () => refused(given, { ...given, registries: ['r.example'], registry_credentials: {} }),
      'credentials may be others',
    );
    t.doesNotThrow(
      () => refused(given, { ...given, image_owner: 'someone' }),
      'what is said of images follows from the job',
    );
  },
);
