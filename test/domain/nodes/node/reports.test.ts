import t from 'tap';
import fc from 'fast-check';
import {
  EndedAllocationIds,
  MIN_ENDED,
  MAX_REPORTED_EVENTS,
  MAX_REPORTED_RESULTS,
  nodeDecider,
  type NodeEvent,
  type NodeState,
  type PlacedAllocation,
  type RecordHeartbeat,
} from '#domain/nodes/node/index.js';
import { encode } from '#test/fixtures/muster-events.js';
import { heartbeat, type AllocationReport } from '#domain/protocol/index.js';
import { a1, accepted, fold, given, named, registered, started, T0 } from './specification.js';

/** A heartbeat as it arrives over the wire. */
function says(report: object, placed: readonly PlacedAllocation[] = [a1]): RecordHeartbeat {
  const parsed = heartbeat.parse({
    node_id: 'n1',
    allocations: Object.fromEntries(placed.map((each) => [each.allocationId, report])),
  });
  const reports: Record<string, AllocationReport> = parsed.allocations ?? {};
  const resources = { cpu: 4000, memory: 8192 };
  return {
    type: 'RecordHeartbeat',
    nodeId: 'n1',
    healthy: true,
    resources,
    at: T0,
    reports,
    placed: new Map(placed.map((each) => [each.allocationId, each])),
  };
}

const base = { ...named, startTime: 100, endTime: 200 };
const quiet = { error: null, message: null };

void t.test('the start of an allocation is recorded with its running tasks', async (t) => {
  const running = {
    status: 'running',
    start_time: 100,
    tasks: { main: { status: 'running', start_time: 101 }, side: { status: 'pending' } },
  };
  given(registered())
    .when(says(running))
    .then(t, accepted, started({ main: { startTime: 101 } }));
  given(registered(1, 'muster'))
    .when(says(running))
    .then(t, started({ main: { startTime: 101 } }));
  given(registered(), accepted, started({ main: { startTime: 101 } }))
    .when(says(running))
    .then(t);
});

void t.test('a task that starts after its allocation is recorded separately', async (t) => {
  given(registered(), started())
    .when(
      says({
        status: 'running',
        start_time: 100,
        tasks: { main: { status: 'running', start_time: 100 }, side: { status: 'running', start_time: 150 } },
      }),
    )
    .then(t, { type: 'TaskStarted', data: { ...named, task: 'side', startTime: 150 } });
});

void t.test('the container of a task is recorded with its start and with its end', async (t) => {
  const running = (...names: string[]) => ({
    status: 'running',
    start_time: 100,
    tasks: Object.fromEntries(
      names.map((name) => [name, { status: 'running', start_time: 100, container_id: `c-${name}` }]),
    ),
  });
  const begun: NodeEvent = {
    type: 'AllocationStarted',
    data: { ...named, startTime: 100, tasks: { main: { startTime: 100, containerId: 'c-main' } } },
  };
  given(registered(1, 'muster'))
    .when(says(running('main')))
    .then(t, begun);
  given(registered(1, 'muster'), begun)
    .when(says(running('main', 'side')))
    .then(t, {
      type: 'TaskStarted',
      data: { ...named, task: 'side', startTime: 100, containerId: 'c-side' },
    });
  given(registered(1, 'muster'), begun)
    .when(
      says({
        status: 'running',
        tasks: { main: { status: 'complete', end_time: 120, exit_code: 0, container_id: 'c-main' } },
      }),
    )
    .then(t, {
      type: 'TaskExited',
      data: {
        ...named,
        task: 'main',
        status: 'complete',
        startTime: 100,
        endTime: 120,
        exitCode: 0,
        ...quiet,
        containerId: 'c-main',
      },
    });
});

void t.test('the image of a task, and when it was ready, are recorded with the start', async (t) => {
  const told = { status: 'running', start_time: 100, prepared_time: 99.5, image_digest: 'busybox@sha256:00' };
  const start = { startTime: 100, preparedTime: 99.5, imageDigest: 'busybox@sha256:00' };
  given(registered(1, 'muster'))
    .when(says({ status: 'running', start_time: 100, tasks: { main: told } }))
    .then(t, { type: 'AllocationStarted', data: { ...named, startTime: 100, tasks: { main: start } } });
  given(registered(1, 'muster'), started())
    .when(says({ status: 'running', tasks: { side: told } }))
    .then(t, { type: 'TaskStarted', data: { ...named, task: 'side', ...start } });
});

const health = (said: object) =>
  says({
    status: 'running',
    start_time: 100,
    tasks: { main: { status: 'running', start_time: 100, ...said } },
  });
const judged = (healthy: boolean, message: string | null = null, at: number | null = null): NodeEvent => ({
  type: 'TaskHealthChanged',
  data: { ...named, task: 'main', healthy, message, at },
});
const checkedStart: NodeEvent = {
  type: 'AllocationStarted',
  data: { ...named, startTime: 100, tasks: { main: { startTime: 100, checked: true } } },
};

void t.test('the health of a task is recorded when it changes', async (t) => {
  const node = registered(1, 'muster');
  given(node)
    .when(health({ checked: true }))
    .then(t, checkedStart);
  const well = health({ checked: true, healthy: true, health_message: 'answered 200', health_time: 105 });
  given(node)
    .when(well)
    .then(t, checkedStart, judged(true, 'answered 200', 105));
  given(node, checkedStart)
    .when(well)
    .then(t, judged(true, 'answered 200', 105));
  given(node, checkedStart, judged(true)).when(well).then(t);
  given(node, checkedStart)
    .when(health({ checked: true, healthy: false }))
    .then(t, judged(false));
  given(node, checkedStart, judged(true))
    .when(health({ checked: true, healthy: false }))
    .then(t, judged(false));
});

void t.test(
  'a task that its agent does not check is healthy until the agent reports otherwise',
  async (t) => {
    const node = registered(1, 'muster');
    given(node)
      .when(health({ healthy: true }))
      .then(t, started());
    given(node, started())
      .when(health({ healthy: true }))
      .then(t);
    given(node, started())
      .when(health({ healthy: false }))
      .then(t, judged(false));
    given(node, started(), judged(false))
      .when(health({ healthy: true }))
      .then(t, judged(true));
  },
);

void t.test('a task that fails because it is unhealthy is first recorded as unhealthy', async (t) => {
  const main = {
    status: 'failed',
    start_time: 100,
    end_time: 200,
    exit_code: 143,
    checked: true,
    healthy: false,
    health_message: 'answered 503',
  };
  given(registered(1, 'muster'), checkedStart)
    .when(says({ status: 'failed', start_time: 100, end_time: 200, tasks: { main } }))
    .then(
      t,
      judged(false, 'answered 503'),
      { type: 'TaskExited', data: { ...base, task: 'main', status: 'failed', exitCode: 143, ...quiet } },
      { type: 'AllocationFailed', data: { ...base, message: null } },
    );
});

void t.test('the health of an ended task is not recorded', async (t) => {
  const exited: NodeEvent = {
    type: 'TaskExited',
    data: { ...base, task: 'main', status: 'failed', exitCode: 1, ...quiet },
  };
  given(registered(1, 'muster'), checkedStart, exited)
    .when(health({ checked: true, healthy: true }))
    .then(t);
});

void t.test('null values for the health and the image of a task are ignored', async (t) => {
  given(registered())
    .when(
      health({
        healthy: null,
        checked: null,
        prepared_time: null,
        image_digest: null,
        health_message: null,
        health_time: null,
      }),
    )
    .then(t, accepted, started());
});

void t.test('an empty or null container id is not recorded', async (t) => {
  for (const container_id of ['', null]) {
    given(registered(1, 'muster'))
      .when(
        says({
          status: 'running',
          start_time: 100,
          tasks: { main: { status: 'running', start_time: 100, container_id } },
        }),
      )
      .then(t, started());
  }
});

void t.test('a task that exits while its allocation runs is recorded, and stays exited', async (t) => {
  const report = {
    status: 'running',
    start_time: 100,
    tasks: {
      main: {
        status: 'complete',
        start_time: 100,
        end_time: 120,
        exit_code: 0,
        usage: { memory_peak_mb: 12, cpu_average: 5 },
      },
    },
  };
  const exited: NodeEvent = {
    type: 'TaskExited',
    data: {
      ...named,
      task: 'main',
      status: 'complete',
      startTime: 100,
      endTime: 120,
      exitCode: 0,
      ...quiet,
      usage: { memoryPeakMb: 12, cpuAverage: 5 },
    },
  };
  given(registered(), started()).when(says(report)).then(t, exited);
  given(registered(), started(), exited).when(says(report)).then(t);
  given(registered(), started(), exited)
    .when(says({ status: 'running', tasks: { main: { status: 'running', start_time: 130 } } }))
    .then(t);
});

void t.test(
  'a first report with status complete records the start, the exits and the end of the allocation',
  async (t) => {
    given(registered(1, 'muster'))
      .when(
        says({
          status: 'complete',
          start_time: 100,
          end_time: 200,
          tasks: { main: { status: 'complete', start_time: 100, end_time: 200, exit_code: 0 } },
        }),
      )
      .then(
        t,
        started({}),
        { type: 'TaskExited', data: { ...base, task: 'main', status: 'complete', exitCode: 0, ...quiet } },
        { type: 'AllocationCompleted', data: { ...base, message: null } },
      );
  },
);

void t.test(
  'a complete report without details of its tasks records the exit of every task in the group',
  async (t) => {
    given(registered(1, 'muster'), started())
      .when(says({ status: 'complete', end_time: 200 }))
      .then(
        t,
        { type: 'TaskExited', data: { ...base, task: 'main', status: 'complete', exitCode: null, ...quiet } },
        { type: 'AllocationCompleted', data: { ...base, message: null } },
      );
    given(registered(1, 'muster'))
      .when(says({ status: 'complete' }, [{ ...a1, tasks: ['main'] }]))
      .then(
        t,
        started({}, null),
        {
          type: 'TaskExited',
          data: {
            ...named,
            task: 'main',
            status: 'complete',
            startTime: null,
            endTime: null,
            exitCode: null,
            ...quiet,
          },
        },
        { type: 'AllocationCompleted', data: { ...named, startTime: null, endTime: null, message: null } },
      );
  },
);

void t.test(
  'a failed report records the exit code and message of the failed task, and the others as stopped',
  async (t) => {
    given(registered(1, 'muster'), started({ main: { startTime: 100 }, side: { startTime: 100 } }))
      .when(
        says({
          status: 'failed',
          start_time: 100,
          end_time: 200,
          tasks: {
            main: { status: 'failed', start_time: 100, end_time: 190, exit_code: 3, error: 'exit 3' },
            side: { status: 'running' },
          },
        }),
      )
      .then(
        t,
        {
          type: 'TaskExited',
          data: {
            ...base,
            task: 'main',
            status: 'failed',
            endTime: 190,
            exitCode: 3,
            error: 'exit 3',
            message: null,
          },
        },
        { type: 'TaskExited', data: { ...base, task: 'side', status: 'stopped', exitCode: null, ...quiet } },
        { type: 'AllocationFailed', data: { ...base, message: 'exit 3' } },
      );
  },
);

void t.test('an allocation that failed before it ran is not recorded as started', async (t) => {
  given(registered(1, 'muster'))
    .when(
      says({
        status: 'failed',
        end_time: 200,
        message: 'no such image',
        tasks: { main: { status: 'pending' } },
      }),
    )
    .then(t, {
      type: 'AllocationFailed',
      data: { ...named, startTime: null, endTime: 200, message: 'no such image' },
    });
});

void t.test(
  "the end of an allocation is final, unknown statuses do not change it, and other nodes' reports are ignored",
  async (t) => {
    const completed: NodeEvent = { type: 'AllocationCompleted', data: { ...base, message: null } };
    given(registered(), started(), completed)
      .when(says({ status: 'running' }))
      .then(t);
    given(registered(), started(), completed)
      .when(says({ status: 'failed' }))
      .then(t);
    given(registered(), accepted)
      .when(says({ status: 'hibernating', tasks: { main: { status: 'running' } } }))
      .thenTypes(t, 'AllocationStatusUnknown');
    given(registered(), accepted)
      .when(says({ status: 'pending' }))
      .then(t);
    given(registered())
      .when({ ...says({ status: 'running' }), placed: new Map() })
      .then(t);
    given(registered())
      .when(says({ status: 'hibernating' }))
      .thenTypes(t, 'AllocationAccepted', 'AllocationStatusUnknown');
  },
);

void t.test('invalid task names in a report are dropped', async (t) => {
  const report = JSON.parse(
    '{"status":"running","tasks":{"__proto__":{"status":"running"},"../x":{"status":"running"},"ok":{"status":"running"}}}',
  ) as object;
  given(registered(1, 'muster'))
    .when(says(report))
    .then(t, started({ ok: { startTime: null } }, null));
});

const word = fc.constantFrom('pending', 'running', 'complete', 'failed', 'stopped', 'lost', 'odd');
const time = fc.option(fc.integer({ min: 0, max: 1000 }));
const task = fc.record({
  status: word,
  start_time: time,
  end_time: time,
  exit_code: fc.option(fc.integer({ min: 0, max: 255 })),
  error: fc.option(fc.string()),
  message: fc.option(fc.string()),
});
const report = fc.record({
  status: word,
  start_time: time,
  end_time: time,
  tasks: fc.dictionary(fc.constantFrom('a', 'b', 'c'), task),
});

function take(
  state: NodeState,
  command: RecordHeartbeat,
): { state: NodeState; events: readonly NodeEvent[] } {
  const events = nodeDecider.decide(command, state);
  return { events, state: fold(events, command.at, state) };
}

void t.test(
  'any sequence of reports gives valid events, ignores repetitions, and ends each allocation and task once',
  async () => {
    fc.assert(
      fc.property(
        fc.array(report, { maxLength: 8 }),
        fc.constantFrom('muster' as const, 'basic' as const),
        (reports, protocol) => {
          let state = fold([registered(1, protocol)]);
          const all: NodeEvent[] = [];
          for (const each of reports) {
            const first = take(state, says(each));
            const again = take(first.state, says(each));
            if (again.events.length > 0) return false;
            state = first.state;
            all.push(...first.events);
          }
          for (const event of all) encode(event, { $correlationId: 'c', $causationId: 'c', at: T0 });
          const ends = all.filter(({ type }) =>
            ['AllocationCompleted', 'AllocationFailed', 'AllocationStopped', 'AllocationLost'].includes(type),
          );
          const exits = all.flatMap((event) => (event.type === 'TaskExited' ? [event.data.task] : []));
          const types = all.map(({ type }) => type);
          const startedFirst =
            !types.includes('AllocationCompleted') ||
            types.slice(0, types.indexOf('AllocationCompleted')).includes('AllocationStarted');
          return (
            ends.length <= 1 &&
            (ends.length === 0 || all.at(-1) === ends[0]) &&
            new Set(exits).size === exits.length &&
            startedFirst
          );
        },
      ),
      { numRuns: 500 },
    );
  },
);

void t.test('a heartbeat with too many changes for one append is split into appends that fit', async (t) => {
  const placed = Array.from({ length: 300 }, (_, index) => ({
    ...a1,
    allocationId: `a${index}`,
    slot: index,
  }));
  const long = '\u0001'.repeat(8192);
  const tasks = Object.fromEntries(
    Array.from({ length: 64 }, (_, index) => [
      `t${index}`,
      { status: 'failed', start_time: 1, exit_code: 1, error: long, message: long },
    ]),
  );
  const command = says({ status: 'failed', start_time: 1, end_time: 2, tasks, message: long }, placed);
  let state = fold([registered()]);
  let ended = 0;
  for (let appends = 0; ; appends += 1) {
    const taken = take(state, command);
    state = taken.state;
    if (taken.events.length === 0) break;
    ended += taken.events.filter(({ type }) => type === 'AllocationFailed').length;
    if (ended >= 300) break;
    if (appends > 300 || taken.events.length > 200) return t.fail('the appends are too large or never end');
    const bytes = taken.events.reduce((sum, event) => sum + JSON.stringify(event.data).length + 400, 0);
    if (bytes > 262_144) return t.fail(`an append has ${bytes} bytes`);
    if (taken.events.length < MAX_REPORTED_EVENTS / 2)
      t.comment(`${taken.events.length} events in an append`);
  }
  t.equal(ended, 300);
  t.equal(state.ended.size, 300);
  t.equal(state.open.size, 0);
});

const sealedText = (letter: string, characters: number): string =>
  'sealed:1:cluster:'.padEnd(characters, letter);

/** The appends for three tasks, two of which returned results of this many characters. */
function appendsOf(characters: number): string[][] {
  const tasks = Object.fromEntries(
    ['m', 's', 'x'].map((name) => [name, { status: 'complete', start_time: 1, end_time: 2, exit_code: 0 }]),
  );
  const results = new Map(['m', 's'].map((name) => [name, sealedText(name, characters)]));
  const command = says({ status: 'complete', start_time: 1, end_time: 2, tasks }, [{ ...a1, results }]);
  const appends: string[][] = [];
  for (let state = fold([registered(1, 'muster')]); ;) {
    const taken = take(state, command);
    if (taken.events.length === 0) return appends;
    state = taken.state;
    appends.push(
      taken.events.map((event) =>
        event.type === 'TaskExited'
          ? `${event.data.task} ${event.data.result?.slice(-1) ?? 'nothing'}`
          : event.type,
      ),
    );
  }
}

void t.test(
  'task results share an append if they fit, and a longer result gets its own append',
  async (t) => {
    t.same(appendsOf(MAX_REPORTED_RESULTS / 2), [
      ['AllocationStarted', 'm m', 's s', 'x nothing', 'AllocationCompleted'],
    ]);
    t.same(appendsOf(MAX_REPORTED_RESULTS / 2 + 1), [
      ['AllocationStarted', 'm m'],
      ['s s', 'x nothing', 'AllocationCompleted'],
    ]);
    t.same(appendsOf(MAX_REPORTED_RESULTS), appendsOf(MAX_REPORTED_RESULTS / 2 + 1));
    t.same(appendsOf(MAX_REPORTED_RESULTS + 1), [
      ['AllocationStarted'],
      ['m m'],
      ['s s'],
      ['x nothing', 'AllocationCompleted'],
    ]);
  },
);

void t.test('a heartbeat with many results and much text is split into appends that fit', async (t) => {
  const placed = Array.from({ length: 100 }, (_, index) => ({
    ...a1,
    allocationId: `a${index}`,
    slot: index,
    results: new Map([['main', sealedText('r', 12_000)]]),
  }));
  const told = (error: string): number => {
    const command = says(
      {
        status: 'failed',
        start_time: 1,
        end_time: 2,
        tasks: { main: { status: 'failed', start_time: 1, exit_code: 1, error } },
      },
      placed,
    );
    let state = fold([registered(1, 'muster')]);
    for (let appends = 1; appends <= 200; appends += 1) {
      const taken = take(state, command);
      state = taken.state;
      const bytes = taken.events.reduce((sum, event) => sum + JSON.stringify(event.data).length + 400, 0);
      if (bytes > 262_144) t.fail(`an append has ${taken.events.length} events and ${bytes} bytes`);
      if (state.ended.size === placed.length) return appends;
    }
    return Infinity;
  };
  t.equal(told('no'), 20, 'five allocations in each append');
  t.equal(told('\u0001'.repeat(8192)), 50, 'two allocations in each append');
});

void t.test('a bounded number of the most recently ended allocations is retained', async (t) => {
  let ids = EndedAllocationIds.none;
  for (let index = 0; index < 10_000; index += 1) ids = ids.with(`a${index}`);
  t.ok(ids.has('a9999') && ids.has(`a${10_000 - MIN_ENDED}`));
  t.notOk(ids.has('a0'));
  t.ok(ids.size <= MIN_ENDED + 128);
});
