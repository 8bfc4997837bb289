import t from 'tap';
import {
  ALLOCATION_REPORTS,
  evolveTasks,
  isStatusEvent,
  STATUS_OF_REPORT,
  STATUS_REPORTS,
  statusChangeOf,
  type TaskEvent,
  type TaskState,
} from '#domain/allocations/index.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { recorded } from '../../projections/history.js';

const named = { allocationId: 'a', jobId: 'j', group: 'web', slot: 0, nodeId: 'n' };
const ending = { ...named, startTime: 5, endTime: 9, message: 'm' };
const started: MusterEvent = {
  type: 'AllocationStarted',
  data: { ...named, startTime: 5, tasks: { main: { startTime: 5 }, side: { startTime: 6 } } },
};
const EVENTS: readonly MusterEvent[] = [
  started,
  { type: 'AllocationCompleted', data: ending },
  { type: 'AllocationFailed', data: ending },
  { type: 'AllocationStopped', data: ending },
  { type: 'AllocationLost', data: { ...named, reason: 'gone' } },
  { type: 'TaskStarted', data: { ...named, task: 'main', startTime: 5 } },
  { type: 'TaskHealthChanged', data: { ...named, task: 'main', healthy: false, message: 'h', at: 6 } },
  {
    type: 'TaskExited',
    data: {
      ...named,
      task: 'main',
      status: 'failed',
      startTime: 5,
      endTime: 9,
      exitCode: 3,
      error: null,
      message: null,
    },
  },
];

void t.test(
  'a start and each end change the status of an allocation, and no other report does',
  async (t) => {
    const events = recorded([...EVENTS]);
    t.same(events.map(({ type }) => type).sort(), [...ALLOCATION_REPORTS].sort());
    const changes = events.filter(isStatusEvent).map((event) => [event.type, statusChangeOf(event)] as const);
    t.same(
      changes.map(([type]) => type),
      STATUS_REPORTS,
    );
    for (const [type, { status }] of changes) t.equal(status, STATUS_OF_REPORT[type]);
    const end = { startTime: 5, endTime: 9, message: 'm' };
    t.strictSame(Object.fromEntries(changes), {
      AllocationStarted: { status: 'running', startTime: 5, endTime: null, message: null },
      AllocationCompleted: { status: 'complete', ...end },
      AllocationFailed: { status: 'failed', ...end },
      AllocationStopped: { status: 'stopped', ...end },
      AllocationLost: {
        status: 'lost',
        startTime: null,
        endTime: events[4]!.metadata.at / 1000,
        message: 'gone',
      },
    });
  },
);

interface Noted extends TaskState {
  readonly noted: readonly string[];
}

const note = (task: TaskState, known: Noted | undefined, { type }: TaskEvent): Noted => ({
  ...task,
  noted: [...(known?.noted ?? []), type],
});

void t.test('a reader stores what it needs with each task that a report changes', async (t) => {
  const reports = recorded([started, ...EVENTS.slice(5)]);
  const tasks = reports.reduce((tasks, event) => evolveTasks(tasks, event, note), {});
  t.match(tasks, {
    main: {
      status: 'failed',
      exitCode: 3,
      healthMessage: 'h',
      noted: ['AllocationStarted', 'TaskStarted', 'TaskHealthChanged', 'TaskExited'],
    },
    side: { status: 'running', noted: ['AllocationStarted'] },
  });
});

void t.test('a report that changes no task returns the same tasks', async (t) => {
  const tasks = recorded([started, EVENTS[7]!]).reduce(
    (tasks, event) => evolveTasks(tasks, event, (task) => task),
    {} as Readonly<Record<string, TaskState>>,
  );
  for (const event of recorded([...EVENTS.slice(1, 5), EVENTS[6]!, EVENTS[7]!]))
    t.equal(
      evolveTasks(tasks, event, (task) => task),
      tasks,
      event.type,
    );
});
