import t from 'tap';
import { canonicalJson } from '#domain/kernel/canonical.js';
import { fitOf } from '#domain/scheduling/branch/index.js';
import { recordsOf } from '#domain/scheduling/index.js';
import { group, job, World } from '../world.js';

void t.test(
  'the result is the number of copies of a job that fit, and the reason why one more does not',
  async (t) => {
    const world = new World().node('n1').node('n2');
    world.submit('a', job(group('web', { count: 3 })));
    world.settle();
    const before = [...recordsOf(world.state)].map(canonicalJson);
    const fit = fitOf(world.state, job(group('web', { count: 2 }, { cpu: 200, memory: 10 })), {
      now: world.now,
    });
    // The two nodes have 700 and 1,000 cpu free, enough for three and five instances.
    t.match(fit, { count: 4, atLeast: false, limit: { group: 'web', reason: { exhausted: { cpu: 2 } } } });
    t.match(fitOf(world.state, job(group('web', {}, { cpu: 5000, memory: 10 })), { now: world.now }), {
      count: 0,
    });
    t.match(
      fitOf(
        world.state,
        job(group('one', {}, { cpu: 400, memory: 10 }), group('two', {}, { cpu: 100, memory: 10 })),
        { now: world.now },
      ),
      { count: 3 },
    );
    t.same([...recordsOf(world.state)].map(canonicalJson), before);
  },
);

void t.test('a count of 10,000 copies is reported as a lower bound', async (t) => {
  const world = new World().node('n1', { resources: { cpu: 1e9, memory: 1e9, slots: 1e6 } });
  world.settle();
  t.match(fitOf(world.state, job(group('web')), { now: world.now }), { count: 10_000, atLeast: true });
});
