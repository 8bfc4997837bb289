import t from 'tap';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { eventually } from '../../../fixtures/eventually.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { openScene } from './scene.js';
import { runs, slotTasks, slotWork, type RunDocument } from './slots.js';
import { commandContext } from '../../../fixtures/command-context.js';

t.setTimeout(600_000);

const MINUTE = 60_000;

/**
 * A server that is killed after this many commands. What it has sent may arrive, but it gets no response and
 * does nothing more.
 */
function mortal(executor: CommandExecutor, models: ReadModels, commands: number) {
  let left = commands;
  const dead = new Promise<never>(() => undefined);
  const orDead = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (left <= 0) return await dead;
    const result = await work();
    return left <= 0 ? await dead : result;
  };
  const killable: CommandExecutor = {
    load: async (...asked) => await orDead(async () => await executor.load(...asked)),
    repeated: async (...asked) => await orDead(async () => await executor.repeated(...asked)),
    execute: async (...asked) =>
      await orDead(async () => {
        const done = await executor.execute(...asked);
        left -= 1;
        return done;
      }),
  };
  const readModels: ReadModels = {
    shared: false,
    get: async (...asked) => await orDead(async () => await models.get(...asked)),
    async *list(...asked) {
      if (left <= 0) await dead;
      yield* models.list(...asked);
    },
    count: async (...asked) => await models.count(...asked),
    position: () => models.position(),
    waitFor: async (...asked) => await models.waitFor(...asked),
    close: async () => undefined,
  };
  return { executor: killable, readModels, isDead: () => left <= 0 };
}

/** Advances time until a condition holds, in steps too small to reach the next slot. */
async function settled(clock: TestClock, condition: () => Promise<boolean>, what: string): Promise<void> {
  await eventually(
    async () => {
      await clock.advance(25);
      return await condition();
    },
    { timeout: 120_000, interval: 5, what },
  );
}

void t.test('decides each of a thousand slots once, even if one of two loops is killed', async (t) => {
  const clock = new TestClock();
  const scene = await openScene(t, slotWork(), runs, clock);
  const writer = await scene.executor();
  const begin = clock.now();
  const moments = Array.from({ length: 20 }, (_, index) => begin + (index + 1) * MINUTE);
  const slots = moments.flatMap((moment) => Array.from({ length: 50 }, () => moment));
  for (let first = 0; first < slots.length; first += 200)
    await writer.execute(
      slotTasks,
      '7',
      { kind: 'plan', taskId: '7', slots: slots.slice(first, first + 200) },
      commandContext(),
    );
  await scene.shown();

  const victim = mortal(await scene.executor(), scene.models, 300);
  await scene.loop();
  // This loop is killed, so it is never stopped.
  await scene.loop({ ...victim, dies: true });
  for (const [index, moment] of moments.entries()) {
    await clock.advance(moment - clock.now());
    const due = (index + 1) * 50;
    await settled(clock, async () => (await scene.events('JobSubmitted')).length >= due, `slot ${index}`);
    t.equal(
      (await scene.events('SketchSlotDecided')).length,
      due,
      `exactly the due slots are decided at slot ${index}`,
    );
    if (index === 14) await scene.loop();
  }
  t.ok(victim.isDead(), 'one loop was killed in the middle');

  const decided = (await scene.events('SketchSlotDecided')).map(({ data, metadata }) => ({
    ...(JSON.parse(data) as RunDocument),
    at: (JSON.parse(metadata) as { at: number }).at,
  }));
  t.equal(new Set(decided.map(({ run }) => run)).size, 1000);
  t.same(
    decided.filter(({ slot, at }) => at < slot || at >= slot + MINUTE),
    [],
    'each slot is decided within a minute after it is due',
  );
  const begun = (await scene.events('JobSubmitted')).map(({ stream }) => stream);
  t.equal(begun.length, 1000);
  t.equal(new Set(begun).size, 1000);
  await scene.shown();
  t.ok((await scene.documents<RunDocument>()).every(({ decided, work }) => decided && work.job === 'begun'));
});

void t.test('sleeps until the next slot if nothing is appended to the log', async (t) => {
  const clock = new TestClock();
  const scene = await openScene(t, slotWork(), runs, clock);
  const writer = await scene.executor();
  await writer.execute(
    slotTasks,
    '7',
    { kind: 'plan', taskId: '7', slots: [clock.now() + 30 * MINUTE] },
    commandContext(),
  );
  await scene.shown();
  let looks = 0;
  const { models } = scene;
  const readModels: ReadModels = {
    shared: false,
    get: async (...asked) => await models.get(...asked),
    list: (...asked) => {
      looks += 1;
      return models.list(...asked);
    },
    count: async (...asked) => await models.count(...asked),
    position: () => models.position(),
    waitFor: async (...asked) => await models.waitFor(...asked),
    close: async () => undefined,
  };
  await scene.loop({ readModels });
  await eventually(() => looks > 0);
  await clock.advance(MINUTE);
  const before = looks;
  await clock.advance(28 * MINUTE);
  t.equal(looks, before);
  await clock.advance(MINUTE);
  await settled(clock, async () => (await scene.events('JobSubmitted')).length === 1, 'the job of the slot');
});

void t.test('continues despite a failing item, which it retries rarely and counts', async (t) => {
  const clock = new TestClock();
  const scene = await openScene(t, slotWork({ refuses: 3 }), runs, clock);
  const writer = await scene.executor();
  await writer.execute(
    slotTasks,
    '7',
    { kind: 'plan', taskId: '7', slots: Array.from({ length: 100 }, () => clock.now()) },
    commandContext(),
  );
  const loop = await scene.loop();
  await settled(
    clock,
    async () => (await scene.events('JobSubmitted')).length === 99,
    'the jobs of all other items',
  );
  await settled(
    clock,
    async () => Promise.resolve(loop.status().due === 1),
    'a status with only the failing item due',
  );
  t.match(
    loop.status(),
    { work: 'sketch-runs', due: 1, parked: 0, steps: { settle: 99, begin: 99 } },
    'no step is done twice',
  );
  await eventually(async () => {
    await clock.advance(1000);
    return loop.status().parked === 1;
  });
  const { failures, lateSeconds } = loop.status();
  t.ok(failures >= 8 && lateSeconds > 30, JSON.stringify(loop.status()));
  await clock.advance(4 * MINUTE);
  t.ok(loop.status().failures - failures <= 3, 'the failing item is retried rarely by now');
  await writer.execute(slotTasks, '7', { kind: 'plan', taskId: '7', slots: [clock.now()] }, commandContext());
  await settled(
    clock,
    async () => (await scene.events('JobSubmitted')).length === 100,
    'the job of a later item',
  );
});
