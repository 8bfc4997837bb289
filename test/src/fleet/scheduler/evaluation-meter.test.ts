import t from 'tap';
import { World, group, job } from '../../../domain/scheduling/world.js';
import { isOneOf } from '#domain/kernel/event/index.js';
import { CLUSTER_STATE_EVENTS } from '#domain/scheduling/index.js';
import { EvaluationMeter } from '#src/fleet/scheduler/evaluation-meter.js';

/** A world whose log the meter watches. */
function scene() {
  const world = new World();
  const meter = new EvaluationMeter(world.state);
  let told = 0;
  /** Shows the meter all events since the last call. The state already includes them. */
  const watch = (ours = false): void => {
    for (; told < world.log.length; told += 1) {
      const event = world.log[told]!;
      if (isOneOf(CLUSTER_STATE_EVENTS, event)) meter.saw(event, ours);
    }
  };
  const figures = () => {
    const { pending, oldest, blocked, durations } = meter.figures();
    return {
      pending,
      oldest,
      blocked,
      measured: durations.counts.reduce((sum, count) => sum + count, 0),
      seconds: durations.sum,
    };
  };
  return { world, meter, watch, figures };
}

const NOTHING = { pending: 0, oldest: undefined, blocked: 0, measured: 0, seconds: 0 };

void t.test(
  'counts waiting jobs, and reports the time of the oldest command without an evaluation',
  async (t) => {
    const { world, watch, figures } = scene();
    t.strictSame(figures(), NOTHING);
    world.submit('a', job());
    const first = world.now;
    watch();
    t.strictSame(figures(), { ...NOTHING, pending: 1, oldest: first });
    world.after(1000);
    world.submit('a', job(group('other')), 'JobUpdated');
    world.submit('b', job());
    watch();
    t.strictSame(figures(), { ...NOTHING, pending: 2, oldest: first });
  },
);

void t.test('measures the wait only if this scheduler made the evaluation', async (t) => {
  for (const ours of [true, false]) {
    const { world, watch, figures } = scene();
    world.node('n');
    world.settle();
    world.submit('a', job());
    watch();
    world.after(2500);
    world.settle();
    watch(ours);
    t.strictSame(figures(), ours ? { ...NOTHING, measured: 1, seconds: 2.5 } : NOTHING);
  }
});

void t.test('counts a job as blocked until it is placed', async (t) => {
  const { world, watch, figures } = scene();
  world.submit('a', job());
  watch();
  world.settle();
  watch(true);
  t.strictSame(figures(), { ...NOTHING, blocked: 1, measured: 1 });
  t.equal(
    new EvaluationMeter(world.state).figures().blocked,
    1,
    'a job is counted as blocked even if the fold started from a snapshot',
  );
  world.node('n');
  world.settle();
  watch(true);
  t.match(figures(), { pending: 0, blocked: 0 });
});

void t.test('counts a job as pending after every kind of command', async (t) => {
  const { world, watch, figures } = scene();
  world.node('n');
  const asks = [
    () => world.submit('a', job()),
    () => world.submit('a', job(group('other')), 'JobUpdated'),
    () => world.submit('a', job(), 'JobRestarted'),
    () => world.end('a'),
    () => world.end('a', 'JobDeleted'),
  ];
  for (const ask of asks) {
    ask();
    watch();
    t.equal(figures().pending, 1);
    world.settle();
    watch();
    t.equal(figures().pending, 0);
  }
});

void t.test('keeps a job pending for its newer command after the older one is evaluated', async (t) => {
  const { world, meter, watch, figures } = scene();
  world.node('n');
  world.settle();
  world.submit('a', job());
  watch();
  const at = world.now;
  world.settle();
  world.submit('a', job(group('other')), 'JobUpdated');
  // The state already includes the update when the meter sees the first evaluation.
  watch();
  t.match(figures(), { pending: 1, oldest: at });
  t.equal(meter.figures().durations.sum, 0);
});

void t.test('forgets waiting and blocked jobs at a clear', async (t) => {
  const { world, watch, figures } = scene();
  world.submit('a', job());
  world.settle();
  world.submit('b', job());
  watch();
  t.match(figures(), { blocked: 1, pending: 1 });
  world.give({ type: 'ClusterCleared', data: {} });
  watch();
  t.strictSame(figures(), NOTHING);
});
