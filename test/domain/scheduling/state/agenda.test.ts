import { QuotaLedger } from '#domain/scheduling/capacity/quota-ledger.js';
import t from 'tap';
import type { Shape } from '#domain/scheduling/feasibility/shape.js';
import { Agenda } from '#domain/scheduling/state/agenda.js';
import type { ScheduledJob } from '#domain/scheduling/state/scheduled-job.js';
import { markEverything } from '#domain/scheduling/state/cluster-state.js';
import { World, group, job as specification } from '../world.js';

const job = (id: string): ScheduledJob => ({ id, priority: 50 }) as unknown as ScheduledJob;
const shape = (): Shape => ({}) as unknown as Shape;

void t.test('a job is listed as waiting under each of its shapes until it stops waiting', async (t) => {
  const agenda = new Agenda(new QuotaLedger());
  const [one, other] = [shape(), shape()];
  const [a, b] = [job('a'), job('b')];
  const waiting = (of: Shape): string[] => [...(agenda.waiting.get(of)?.all() ?? [])].map(({ id }) => id);
  agenda.wait(a, { shapes: [one, other] });
  agenda.wait(b, { shapes: [one] });
  agenda.explain.add(a).add(b);
  t.strictSame([waiting(one), waiting(other)], [['a', 'b'], ['a']]);
  agenda.stopWaiting(a, { shapes: [one, other, shape()] });
  t.strictSame([waiting(one), waiting(other)], [['b'], []]);
  t.strictSame([...agenda.waiting.keys()], [one], 'a shape without waiting jobs is removed');
  t.strictSame([...agenda.explain], [b]);
});

void t.test('forgetting a job removes it from every part of the agenda', async (t) => {
  const agenda = new Agenda(new QuotaLedger());
  const [a, b] = [job('a'), job('b')];
  for (const each of [a, b]) {
    agenda.jobs.add(each);
    agenda.explain.add(each);
    agenda.aside.set(each, 'it threw');
  }
  agenda.forget(a);
  t.strictSame([[...agenda.jobs.all()], [...agenda.explain], [...agenda.aside.keys()]], [[b], [b], [b]]);
});

void t.test(
  'marking everything puts every job and node on the agenda, including jobs that were set aside',
  async (t) => {
    const world = new World().node('m').node('n');
    world.submit('a', specification());
    world.submit('b', specification(group('large', {}, { cpu: 1_000_000 })));
    world.settle();
    const { state } = world;
    const { agenda } = state;
    const before = agenda.changes;
    agenda.nodes.clear();
    agenda.freed.clear();
    agenda.aside.set(state.jobs.get('a')!, 'it threw');
    markEverything(state);
    t.strictSame([[...agenda.nodes], [...agenda.freed], agenda.aside.size], [[0, 1], [0, 1], 0]);
    t.strictSame(
      [...agenda.jobs.all()].map(({ id }) => id),
      [...state.jobs.keys()],
    );
    t.ok(agenda.changes > before, 'the number of changes increases, as reasons may have changed');
  },
);
