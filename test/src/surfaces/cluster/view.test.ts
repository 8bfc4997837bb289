import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { allocations, type AllocationDocument } from '#projections/jobs/allocations.js';
import { jobs, type JobDocument } from '#projections/jobs/jobs.js';
import { tasksOf, viewJobAllocation, viewNodeAllocation } from '#src/surfaces/cluster/view.js';
import { group, place, placed, specification, submitted, updated } from '../../../projections/events.js';
import { recorded } from '../../../projections/history.js';
import { documentAfter } from '../../../projections/plain-fold.js';

const commandOf = (version: number, ...events: MusterEvent[]): unknown =>
  tasksOf(documentAfter<JobDocument>(jobs, recorded(events), 'j')!, {
    jobVersion: version,
    group: 'web',
  }).map(({ config }) => config['command']);

void t.test("shows the tasks of an allocation's own version", async (t) => {
  const events = [
    submitted('j', specification(group('web', 1, 'old'))),
    placed(place('a', 'j')),
    updated('j', specification(group('web', 1, 'new'))),
  ];
  t.strictSame([commandOf(0, ...events), commandOf(1, ...events)], [['old'], ['new']]);
});

void t.test('shows the tasks of an allocation after many changes of the count', async (t) => {
  const scaled = Array.from({ length: 30 }, (_, n) => [
    updated('j', specification(group('web', n + 2, 'same'))),
    placed(place(`b${n}`, 'j', n + 1), n + 1),
  ]);
  const events = [
    submitted('j', specification(group('web', 1, 'same'))),
    placed(place('a', 'j')),
    ...scaled.flat(),
  ];
  t.strictSame([commandOf(0, ...events), commandOf(30, ...events)], [['same'], ['same']]);
  const replaced = [...events, updated('j', specification(group('web', 1, 'other')))];
  t.strictSame(
    [commandOf(0, ...replaced), commandOf(30, ...replaced)],
    [['same'], ['same']],
    'the tasks are still shown after the group is replaced',
  );
  const others = Array.from({ length: 10 }, (_, n) =>
    updated('j', specification(group('web', 1, `other ${n}`))),
  );
  t.strictSame(
    commandOf(0, ...replaced, ...others),
    [],
    'the tasks are no longer shown after many more versions',
  );
});

void t.test('shows host ports with their task and allocation', async (t) => {
  const { type, data } = placed(place('a', 'j'));
  const event = {
    type,
    data: { ...data, assignedPorts: { main: [{ container: 80, host: 20_017 }] } },
  } as MusterEvent;
  const document = documentAfter<AllocationDocument>(allocations, recorded([event]), 'a')!;
  const task = { name: 'main', driver: 'docker', config: { image: 'web' } };
  t.match(viewJobAllocation(document, [task, { ...task, name: 'side' }]).tasks, {
    main: { ports: [{ container: 80, host: 20_017 }] },
    side: { ports: undefined },
  });
  t.same(viewNodeAllocation(document).ports, [{ container: 80, host: 20_017 }]);
});
