import t from 'tap';
import { Ledger } from '#domain/scheduling/capacity/ledger.js';

/** More than twice the initial capacity of a ledger. */
const NODES = 200;

void t.test(
  'the ledger keeps the capacity and usage of its nodes when it grows beyond its initial size',
  (t) => {
    const ledger = new Ledger();
    const room = ledger.reserved;
    const demand = ledger.demand({ cpu: 3, memory: 5 }, { ports: [8080], gpus: 0 });
    for (let node = 0; node < NODES; node += 1) {
      t.equal(ledger.node(`n${node}`), node);
      ledger.setCapacity(node, { cpu: 100 + node, memory: 7 });
      ledger.hold(node, demand, [node]);
    }
    t.ok(
      ledger.reserved >= NODES && room < NODES,
      `the ledger grew from ${room} to ${ledger.reserved} nodes`,
    );
    t.equal(ledger.size, NODES);
    const seen = Array.from({ length: NODES }, (_, node) => [
      ledger.capacityOf(ledger.cpu, node),
      ledger.usedOf(ledger.cpu, node),
      ledger.usedOf(ledger.memory, node),
      [...ledger.portsHeld(node)],
      [...ledger.devicesHeld(node)],
    ]);
    t.same(
      seen,
      Array.from({ length: NODES }, (_, node) => [100 + node, 3, 5, [8080], [node]]),
    );
    for (let node = 0; node < NODES; node += 1) ledger.release(node, demand, [node]);
    t.ok(
      Array.from({ length: NODES }, (_, node) => node).every(
        (node) =>
          ledger.usedOf(ledger.cpu, node) === 0 &&
          ledger.portsHeld(node).size === 0 &&
          ledger.devicesHeld(node).size === 0,
      ),
    );
    t.equal(ledger.find('n199'), 199);
    t.equal(ledger.find('n200'), undefined);
    t.end();
  },
);

void t.test('a resource first used after all nodes were added can be held on each node', (t) => {
  const ledger = new Ledger();
  for (let node = 0; node < NODES; node += 1) ledger.node(`n${node}`);
  const late = ledger.demand({ tapes: 2 });
  ledger.hold(NODES - 1, late, undefined);
  t.equal(ledger.usedOf(ledger.dimension('tapes'), NODES - 1), 2);
  t.equal(ledger.usedOf(ledger.dimension('tapes'), 0), 0);
  t.end();
});

void t.test('setting the capacity of a node replaces its entire previous capacity', (t) => {
  const ledger = new Ledger();
  const node = ledger.node('n');
  ledger.setCapacity(node, { cpu: 4, gpus: 2 });
  ledger.setCapacity(node, { cpu: 1 });
  t.equal(ledger.capacityOf(ledger.cpu, node), 1);
  t.equal(ledger.capacityOf(ledger.gpus, node), 0);
  t.equal(ledger.capacityOf(99, node), 0, 'an unknown dimension has no capacity');
  t.end();
});

void t.test(
  'a demand omits zero amounts, and its number of devices defaults to the GPUs in its resources',
  (t) => {
    const ledger = new Ledger();
    t.match(ledger.demand({ cpu: 1, memory: 0 }), {
      resources: { cpu: 1 },
      dimensions: [ledger.cpu],
      amounts: [1],
      ports: [],
      gpus: 0,
    });
    t.equal(ledger.demand({ gpus: 3 }).gpus, 3);
    t.end();
  },
);
