import { pino } from 'pino';
import t, { type Test } from 'tap';
import { MusterError, type ErrorCode } from '#domain/kernel/errors/index.js';
import { DUE_IMMEDIATELY, NO_WORK } from '#domain/work/index.js';
import type { ReadModels, StoredDocument, ChangedModels } from '#domain/kernel/ports/read-models.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { WorkLoop, type AnyOwnedWork } from '#src/fleet/owned-work/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { TestClock } from '../../../fixtures/test-clock.js';

interface Item {
  readonly id: string;
  /** Milliseconds since the epoch; undefined: it waits for nothing. */
  readonly at: number | undefined;
}
/** Outcome of a command: its position in the log, undefined if it recorded nothing, or the error that refused it. */
type Outcome = bigint | undefined | Error;

/** A loop in simulated time. The test controls the read model and the streams, and an item stays due until the test removes it. */
async function scene(
  t: Test,
  { pageSize = 2, ...how }: { readonly pageSize?: number; readonly concurrency?: number } = {},
) {
  const clock = new TestClock();
  const state = {
    items: [] as Item[],
    position: 0n,
    outcome: (_id: string): Outcome | Promise<Outcome> => undefined,
    /** Milliseconds that a read of the model takes. */
    slow: 0,
    problem: undefined as Error | undefined,
  };
  const looks: number[] = [];
  const tried: { readonly id: string; readonly at: number }[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  const readModels: Pick<ReadModels, 'list' | 'position'> = {
    async *list(model, options) {
      t.strictSame([model, options], ['things', { by: 'due' }]);
      looks.push(clock.monotonic());
      if (state.slow > 0) await clock.sleep(state.slow);
      if (state.problem !== undefined) throw state.problem;
      for (let from = 0; from < state.items.length; from += pageSize)
        yield state.items.slice(from, from + pageSize).map((item): StoredDocument => ({
          id: item.id,
          created: 0n,
          parked: false,
          json: item.id === 'unreadable' ? '{' : JSON.stringify(item),
        }));
    },
    position: () => state.position,
  };
  const execute = async (_aggregate: unknown, id: string) => {
    tried.push({ id, at: clock.monotonic() });
    underWay += 1;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    try {
      const position = await state.outcome(id);
      if (position instanceof Error) throw position;
      return { state: null, events: [], position, repeated: false };
    } finally {
      underWay -= 1;
    }
  };
  const work = {
    name: 'things-work',
    surface: 'things',
    projection: { name: 'things' },
    item: ({ id }: Item) => ({ stream: id, workId: id, jobId: id }),
    dueAt: ({ at }: Item) => at,
    view: () => NO_WORK,
    settle: () => 'settle',
    ...how,
    want: () => undefined,
  } as unknown as AnyOwnedWork;
  let moved: (changed: ChangedModels) => void = () => undefined;
  const said: { readonly code: string }[] = [];
  const loop = new WorkLoop(work, {
    executor: { load: async () => null, execute } as unknown as CommandExecutor,
    eventStore: createMemoryEventStore(),
    readModels: readModels as ReadModels,
    changes: {
      onMoved: (listener) => {
        moved = listener;
        return () => undefined;
      },
    },
    clock,
    ids: { uuid: () => 'u' },
    logger: pino(
      { base: null, timestamp: false },
      { write: (line) => said.push(JSON.parse(line) as { code: string }) },
    ),
  });
  t.teardown(async () => {
    const stopped = loop.stop();
    await clock.advance(120_000);
    await stopped;
  });
  await clock.advance(0);
  return {
    clock,
    loop,
    state,
    looks,
    tried,
    said,
    most: () => mostUnderWay,
    /** Sets the items of the read model and notifies the loop. */
    show: async (...items: readonly Item[]): Promise<void> => {
      state.items = [...items];
      await clock.advance(50);
      moved(new Set(['things']));
      await clock.advance(0);
    },
    move: (changed: ChangedModels = 'any') => moved(changed),
    /** Times of the attempts at an item, in milliseconds since the first. */
    times: (id: string): number[] =>
      tried.filter((each) => each.id === id).map(({ at }, _, [first]) => at - (first?.at ?? 0)),
  };
}

const named = (count: number, at: number): Item[] =>
  Array.from({ length: count }, (_, index) => ({ id: `i${index}`, at }));

void t.test('processes due items up to the first that is not due', async (t) => {
  const { clock, show, tried, state, loop, said } = await scene(t);
  state.outcome = () => 7n;
  const now = clock.now() + 50;
  await show(
    { id: 'quiet', at: undefined },
    { id: 'late', at: now - 5_000 },
    { id: 'now', at: now },
    { id: 'soon', at: now + 400 },
    { id: 'next', at: now + 900 },
  );
  t.strictSame(
    tried.map(({ id }) => id),
    ['late', 'now'],
  );
  t.match(loop.status(), {
    work: 'things-work',
    due: 2,
    lateSeconds: 5,
    parked: 0,
    failures: 0,
    steps: { settle: 2, begin: 0 },
  });
  t.match(said, [
    { level: 30, code: 'work-done', work: 'things-work', item: 'late', steps: ['settle'] },
    { code: 'work-done', item: 'now' },
  ]);
  await clock.advance(399);
  t.equal(tried.length, 2);
  await clock.advance(1);
  t.strictSame(tried.at(-1), { id: 'soon', at: clock.monotonic() });
});

void t.test('reports no delay if nothing is due', async (t) => {
  const { clock, show, loop } = await scene(t);
  await show({ id: 'a', at: clock.now() + 10_000 });
  t.match(loop.status(), { due: 0, lateSeconds: 0 });
});

void t.test('measures the delay of an item that is always due from its first check', async (t) => {
  const { clock, show, loop, state } = await scene(t);
  const ends: (() => void)[] = [];
  state.outcome = () => new Promise((resolve) => ends.push(() => resolve(1n)));
  await show({ id: 'a', at: DUE_IMMEDIATELY }, { id: 'b', at: DUE_IMMEDIATELY });
  t.equal(loop.status().lateSeconds, 0);
  await clock.advance(2_000);
  await show({ id: 'a', at: DUE_IMMEDIATELY });
  t.match(loop.status(), { due: 1, lateSeconds: 2.05 });
  for (const end of ends) end();
});

void t.test('processes at most thirty-two items concurrently by default', async (t) => {
  const { show, most, tried, state, clock, move } = await scene(t);
  const ends: (() => void)[] = [];
  state.outcome = () => new Promise((resolve) => ends.push(() => resolve(1n)));
  await show(...named(40, DUE_IMMEDIATELY));
  t.equal(tried.length, 32);
  ends.shift()?.();
  await clock.advance(0);
  t.equal(tried.length, 33);
  while (ends.length > 0) {
    for (const end of ends.splice(0)) end();
    await clock.advance(0);
  }
  move();
  await clock.advance(100);
  t.strictSame(
    [most(), tried.length],
    [32, 40],
    'no item is processed twice before the models show its result',
  );
});

void t.test('processes at most as many items concurrently as the work allows', async (t) => {
  const { show, most, tried, state, clock } = await scene(t, { concurrency: 100 });
  const ends: (() => void)[] = [];
  state.outcome = () => new Promise((resolve) => ends.push(() => resolve(1n)));
  await show(...named(250, DUE_IMMEDIATELY));
  t.equal(tried.length, 100);
  for (const end of ends.splice(0, 2)) end();
  await clock.advance(0);
  t.equal(tried.length, 102);
  while (ends.length > 0) {
    for (const end of ends.splice(0)) end();
    await clock.advance(0);
  }
  t.strictSame([most(), tried.length], [100, 250]);
});

void t.test('checks an item again only once the models include its result', async (t) => {
  const { show, times, state, clock, move } = await scene(t);
  state.outcome = () => 5n;
  await show({ id: 'a', at: DUE_IMMEDIATELY });
  for (const position of [4n, 5n]) {
    state.position = position;
    await clock.advance(100);
    move();
    await clock.advance(0);
  }
  t.strictSame(times('a'), [0, 200]);
});

void t.test('retries an item without effect after doubling delays', async (t) => {
  const { show, times, clock, loop, said } = await scene(t);
  await show({ id: 'a', at: DUE_IMMEDIATELY });
  await clock.advance(4_000);
  t.strictSame(times('a'), [0, 250, 750, 1_750, 3_750]);
  t.match(loop.status(), { failures: 0, parked: 0, steps: { settle: 0 } });
  t.strictSame(said, []);
});

void t.test('retries, logs, counts and parks a failing item', async (t) => {
  const { show, times, clock, loop, said, state } = await scene(t);
  state.outcome = (id) => (id === 'bad' ? new Error('no') : 1n);
  await show({ id: 'bad', at: DUE_IMMEDIATELY }, { id: 'good', at: DUE_IMMEDIATELY });
  await clock.advance(250 * (2 ** 8 - 1));
  t.equal(times('bad').length, 9);
  t.equal(times('good').length, 1);
  t.match(loop.status(), { failures: 9, parked: 1 });
  t.match(
    said.filter(({ code }) => code !== 'work-done'),
    [
      { level: 40, code: 'work-failed', work: 'things-work', item: 'bad', problem: 'no' },
      { level: 40, code: 'work-parked', work: 'things-work', item: 'bad', problem: 'no' },
    ],
  );
  await show();
  t.match(loop.status(), { due: 0, parked: 0 }, 'an item that is no longer due is forgotten');
});

void t.test('counts an unreadable item as failed', async (t) => {
  const { show, loop, said, tried } = await scene(t);
  await show({ id: 'unreadable', at: DUE_IMMEDIATELY });
  t.match(loop.status(), { due: 1, failures: 1 });
  t.match(said, [{ code: 'work-failed', item: 'unreadable' }]);
  t.strictSame(tried, []);
});

for (const code of [
  'MUSTER_E_STORE_UNAVAILABLE',
  'MUSTER_E_STORE_BUSY',
  'MUSTER_E_STORE_FULL',
  'MUSTER_E_OVERLOADED',
  'MUSTER_E_CLUSTER_LEVEL',
] as const) {
  void t.test(`pauses for longer each time after ${code}, and counts no failures`, async (t) => {
    const { show, tried, times, clock, loop, said, state } = await scene(t);
    const away = new MusterError(code satisfies ErrorCode, { problem: 'away' });
    state.outcome = () => away;
    await show(...named(3, DUE_IMMEDIATELY));
    const atOnce = tried.length;
    await clock.advance(249);
    t.equal(tried.length, atOnce);
    await clock.advance(30_000);
    const [, second = 0, third = 0] = [...new Set(times('i0'))];
    t.ok(second >= 250 && third - second >= 500, `attempts after ${second} ms and ${third} ms`);
    t.match(loop.status(), { failures: 0, parked: 0 });
    t.ok(said.every((each) => each.code === 'work-not-seen') && said.length >= 3);
    state.outcome = () => 1n;
    await clock.advance(8_050);
    t.equal(loop.status().steps.settle, 3);
    state.outcome = () => away;
    const before = tried.length;
    await show({ id: 'new', at: DUE_IMMEDIATELY });
    await clock.advance(300);
    t.ok(tried.length >= before + 2, 'the pauses start short again');
  });
}

void t.test(
  'retries with delays of up to eight seconds while the models cannot be read, and logs nothing at first',
  async (t) => {
    const { looks, clock, said, state, show, tried } = await scene(t);
    state.problem = new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', {
      model: 'things',
      problem: 'is built',
    });
    await show();
    t.strictSame(said, []);
    const from = looks.length - 1;
    await clock.advance(40_000);
    const gaps = looks.slice(from + 1).map((at, index) => at - looks[from + index]!);
    t.strictSame(gaps.slice(0, 7), [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000]);
    t.match(said[0], { level: 40, code: 'work-not-seen', work: 'things-work', problem: /is built/ });
    state.problem = undefined;
    state.outcome = () => 1n;
    state.items = [{ id: 'a', at: DUE_IMMEDIATELY }];
    await clock.advance(8_000);
    t.equal(tried.length, 1, 'the loop checks again without a notification');
    state.problem = new Error('of another kind');
    await show();
    t.match(said.at(-1), { code: 'work-not-seen', problem: 'of another kind' });
  },
);

void t.test(
  'checks a busy log at most every 50 ms, and spends at most a fifth of the time on checks without effect',
  async (t) => {
    const { looks, clock, move, state } = await scene(t);
    const rate = async (ms: number): Promise<number> => {
      const before = looks.length;
      for (let at = 0; at < ms; at += 5) {
        move();
        await clock.advance(5);
      }
      return looks.length - before;
    };
    await clock.advance(1_000);
    const often = await rate(1_000);
    t.ok(often >= 19 && often <= 21, `${often} checks in one second`);
    state.slow = 40;
    const seldom = await rate(2_000);
    t.ok(seldom >= 9 && seldom <= 11, `${seldom} checks in two seconds`);
  },
);

void t.test('checks every minute only while an item is due at a later time', async (t) => {
  const { looks, clock, show, tried } = await scene(t);
  await clock.advance(3_600_000);
  t.equal(looks.length, 1);
  await show({ id: 'a', at: clock.now() + 3_600_000 });
  const before = looks.length;
  clock.setBack(-3_600_000);
  await clock.advance(59_999);
  t.strictSame([looks.length, tried.length], [before, 0]);
  await clock.advance(1);
  t.strictSame([looks.length, tried.length], [before + 1, 1]);
});

void t.test('checks only after changes of its own model if nothing is due', async (t) => {
  const { looks, clock, show, move, state } = await scene(t);
  const looked = async (changed: ChangedModels): Promise<number> => {
    const before = looks.length;
    move(changed);
    await clock.advance(50);
    return looks.length - before;
  };
  await clock.advance(1_000);
  const [none, other, own] = [new Set<string>(), new Set(['others']), new Set(['others', 'things'])];
  t.strictSame(
    [await looked(none), await looked(other), await looked(own), await looked('any')],
    [0, 0, 1, 1],
  );
  await show({ id: 'later', at: clock.now() + 3_600_000 });
  t.strictSame(
    [await looked(other), await looked(own)],
    [0, 1],
    'an item that waits for the clock is not due',
  );
  state.outcome = () => 9n;
  await show({ id: 'now', at: DUE_IMMEDIATELY });
  t.strictSame(
    [await looked(none), await looked(other)],
    [1, 1],
    'its event may appear in another model first',
  );
  await show();
  t.equal(await looked(other), 0);
});

void t.test('when stopped, waits for items in progress and starts no others', async (t) => {
  const { loop, show, state, tried, clock, looks } = await scene(t);
  let end = (): void => undefined;
  state.outcome = () => new Promise((resolve) => (end = () => resolve(1n)));
  await show({ id: 'a', at: DUE_IMMEDIATELY });
  let stopped = false;
  void loop.stop().then(() => (stopped = true));
  await clock.advance(1_000);
  t.notOk(stopped);
  end();
  await clock.advance(0);
  t.ok(stopped);
  const before = looks.length;
  await show({ id: 'b', at: DUE_IMMEDIATELY });
  await clock.advance(120_000);
  t.strictSame([looks.length, tried.length], [before, 1]);
});
