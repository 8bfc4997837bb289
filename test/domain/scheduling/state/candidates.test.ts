import fc from 'fast-check';
import t from 'tap';
import { Ledger } from '#domain/scheduling/capacity/ledger.js';
import type { NodeFacts } from '#domain/scheduling/capacity/node-facts.js';
import { ShapeTable, type Shape } from '#domain/scheduling/feasibility/shape.js';
import { Candidates } from '#domain/scheduling/state/candidates.js';
import { groupDataOf, identityOf, shapeDataOf } from '#domain/scheduling/feasibility/group-specification.js';
import { group } from '../../../projections/events.js';

interface World {
  readonly ledger: Ledger;
  readonly candidates: Candidates;
  readonly open: boolean[];
  readonly racks: string[];
  shape(cpu: number, rack?: string): Shape;
  /** The expected result, from checking every node in turn. */
  looked(shape: Shape, offset: number, most: number): number[];
  found(shape: Shape, offset: number, most: number): number[];
  join(cpu: number, rack: string): void;
}

function world(): World {
  const ledger = new Ledger();
  const open: boolean[] = [];
  const racks: string[] = [];
  const facts = (node: number): NodeFacts => ({
    nodeId: `n${node}`,
    epoch: 1,
    ipAddress: '10.0.0.1',
    resources: {},
    attributes: { rack: racks[node]! },
    drivers: ['exec'],
    healthy: true,
    down: false,
    draining: false,
    eligible: true,
  });
  const candidates = new Candidates(ledger, { isOpen: (node) => open[node] === true, facts });
  const shapes = new ShapeTable(ledger);
  return {
    ledger,
    candidates,
    open,
    racks,
    shape(cpu, rack) {
      const of = group('web');
      const asked = { ...of, tasks: of.tasks.map((task) => ({ ...task, resources: { cpu } })) };
      const constraints = rack === undefined ? undefined : { rack };
      const identity = identityOf(asked, constraints);
      return shapes.take(
        identity.identity,
        () => groupDataOf(identity, asked),
        () => shapeDataOf(asked, constraints),
      ).shape;
    },
    looked(shape, offset, most) {
      const size = ledger.size;
      const ring = Array.from({ length: size }, (_, step) => ((offset % size) + step) % size);
      return ring.filter((node) => candidates.fits(shape, node)).slice(0, most);
    },
    found(shape, offset, most) {
      const into = new Int32Array(most);
      return [...into.subarray(0, candidates.find(shape, offset, most, into))];
    },
    join(cpu, rack) {
      const node = ledger.node(`n${ledger.size}`);
      ledger.setCapacity(node, { cpu, memory: 1_000_000 });
      open[node] = true;
      racks[node] = rack;
      candidates.changed(node);
    },
  };
}

const number = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
const step = fc.oneof(
  fc.record({
    kind: fc.constant('join' as const),
    count: number(40),
    cpu: number(4),
    rack: fc.constantFrom('a', 'b'),
  }),
  fc.record({
    kind: fc.constantFrom(
      'hold' as const,
      'release' as const,
      'close' as const,
      'open' as const,
      'move' as const,
    ),
    node: number(300),
    cpu: number(3),
  }),
  fc.record({
    kind: fc.constant('find' as const),
    cpu: fc.integer({ min: 1, max: 4 }),
    rack: fc.constantFrom('a', 'b', undefined),
    offset: number(500),
    most: fc.integer({ min: 1, max: 40 }),
  }),
);

void t.test(
  'the cached search for candidate nodes returns the same as a check of every node in turn',
  async () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 80 }), (steps) => {
        const { ledger, candidates, open, racks, shape, looked, found, join } = world();
        join(4, 'a');
        const held: (number | undefined)[] = [];
        for (const each of steps) {
          if (each.kind === 'join')
            for (let count = 0; count < each.count; count += 1) join(each.cpu, each.rack);
          else if (each.kind === 'find') {
            const wanted = shape(each.cpu, each.rack);
            if (
              String(found(wanted, each.offset, each.most)) !== String(looked(wanted, each.offset, each.most))
            )
              return false;
          } else {
            const node = each.node % ledger.size;
            if (each.kind === 'hold') {
              if (held[node] !== undefined || each.cpu === 0) continue;
              held[node] = each.cpu;
              ledger.hold(node, ledger.demand({ cpu: each.cpu }), undefined);
            } else if (each.kind === 'release') {
              if (held[node] === undefined) continue;
              ledger.release(node, ledger.demand({ cpu: held[node] }), undefined);
              held[node] = undefined;
              candidates.freed(node);
            } else {
              if (each.kind === 'move') racks[node] = racks[node] === 'a' ? 'b' : 'a';
              else open[node] = each.kind === 'open';
              candidates.changed(node);
            }
          }
        }
        return true;
      }),
      { numRuns: 300 },
    );
  },
);

void t.test(
  'the cached search is correct with more shapes than the cache holds, and with many more nodes',
  async (t) => {
    const { shape, looked, found, join } = world();
    for (let node = 0; node < 70; node += 1) join(node + 1, 'a');
    const wanted = Array.from({ length: 300 }, (_, index) => shape(index + 1));
    for (let round = 0; round < 2; round += 1) {
      t.ok(
        wanted.every((each) => String(found(each, 65, 5)) === String(looked(each, 65, 5))),
        `round ${round + 1}`,
      );
      for (let node = 0; node < 70; node += 1) join(1_000, 'a');
    }
    t.same(found(wanted[299]!, 0, 3), [70, 71, 72]);
  },
);

void t.test('no more candidates are found than requested, even if more would fit', async (t) => {
  const { candidates, shape, join } = world();
  for (let node = 0; node < 70; node += 1) join(10, 'r');
  const found = new Int32Array(8).fill(-1);
  for (const [offset, most, nodes] of [
    [0, 2, [0, 1]],
    [31, 3, [31, 32, 33]],
    [69, 2, [69, 0]],
  ] as const) {
    t.equal(candidates.find(shape(1), offset, most, found.fill(-1)), most);
    t.strictSame([...found].slice(0, most + 1), [...nodes, -1]);
  }
});
