import t from 'tap';
import {
  admissibleResources,
  isAdmitted,
  isSchedulable,
  sameResources,
  toAdmit,
  type NodeFacts,
} from '#domain/scheduling/capacity/node-facts.js';

const FACTS: NodeFacts = {
  nodeId: 'n1',
  epoch: 2,
  ipAddress: '10.0.0.1',
  resources: { memory: 8192, cpu: 4000.9, gpus: 2 },
  attributes: {},
  drivers: ['exec'],
  healthy: true,
  down: false,
  draining: false,
  eligible: true,
};

void t.test('a node is schedulable if it is healthy, not down, not draining and eligible', async (t) => {
  t.ok(isSchedulable(FACTS));
  for (const ill of [{ healthy: false }, { down: true }, { draining: true }, { eligible: false }])
    t.notOk(isSchedulable({ ...FACTS, ...ill }), JSON.stringify(ill));
});

void t.test(
  'admissible resources are rounded down, with the common ones first and the others sorted by name',
  async (t) => {
    const resources = admissibleResources({
      zeta: 1,
      gpus: 3.9,
      alpha: -5,
      memory: 0.5,
      Cpu: 1,
      cpu: 4000.9,
      '9x': 1,
      'a b': 1,
      [`a${'b'.repeat(64)}`]: 1,
    });
    t.strictSame(Object.entries(resources), [
      ['cpu', 4000],
      ['memory', 0],
      ['gpus', 3],
      ['alpha', 0],
      ['zeta', 1],
    ]);
  },
);

void t.test('the amounts and the number of resources are limited', async (t) => {
  t.strictSame(admissibleResources({ gpus: 5_000, cpu: 1e300 }), {
    cpu: Number.MAX_SAFE_INTEGER,
    gpus: 1024,
  });
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`r${String(index).padStart(2, '0')}`, 1]),
  );
  t.strictSame(Object.keys(admissibleResources({ ...many, cpu: 1 })), [
    'cpu',
    ...Object.keys(many).slice(0, 31),
  ]);
});

void t.test(
  'a node is admitted if the plan log contains its epoch, its resources and whether it is schedulable',
  async (t) => {
    const admitted = toAdmit(FACTS);
    t.strictSame(admitted, { epoch: 2, resources: { cpu: 4000, memory: 8192, gpus: 2 }, schedulable: true });
    t.ok(isAdmitted(FACTS, admitted));
    t.notOk(isAdmitted(FACTS, undefined));
    t.notOk(isAdmitted({ ...FACTS, epoch: 3 }, admitted));
    t.notOk(isAdmitted({ ...FACTS, draining: true }, admitted));
    t.notOk(isAdmitted({ ...FACTS, resources: { ...FACTS.resources, cpu: 3999 } }, admitted));
    t.ok(
      isAdmitted({ ...FACTS, resources: { ...FACTS.resources, cpu: 4000.1 } }, admitted),
      'a fraction of a unit is ignored',
    );
  },
);

void t.test('resources are the same if all amounts are equal, in any order', async (t) => {
  t.ok(sameResources({ cpu: 1, memory: 2 }, { memory: 2, cpu: 1 }));
  t.ok(sameResources({}, {}));
  t.notOk(sameResources({ cpu: 1 }, { cpu: 2 }));
  t.notOk(sameResources({ cpu: 1 }, { cpu: 1, memory: 2 }));
  t.notOk(sameResources({ cpu: 1, memory: 2 }, { cpu: 1 }));
  t.notOk(sameResources({ cpu: 1, memory: 2 }, { cpu: 1, gpus: 2 }));
  t.notOk(sameResources({ toString: undefined as unknown as number }, {}));
  t.notOk(sameResources({ gpus: undefined as unknown as number }, { cpu: undefined as unknown as number }));
});
