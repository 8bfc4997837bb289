import fc from 'fast-check';
import t from 'tap';
import type { RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { SCHEDULER_STREAM } from '#domain/kernel/event/index.js';
import { NO_QUOTAS, type DefaultLimits } from '#domain/accounts/quota/index.js';
import {
  ClusterState,
  explainBlocked,
  explainPlacement,
  recordsOf,
  restore,
  type PlanEvent,
  type SnapshotRecord,
  SCHEDULING_RULES,
} from '#domain/scheduling/index.js';
import { happenings } from '../commands.js';
import { happen } from '../happen.js';
import { evolveState, World } from '../world.js';

/** Set `PROPERTY_RUNS=20000` for a longer search. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 150);

/** Each append of the plan log, with the number of events that it is based on. */
function* plansOf(
  log: readonly RecordedMusterEvent[],
): Generator<{ readonly basis: number; readonly events: readonly RecordedMusterEvent[] }> {
  let previous = -1;
  for (let index = 0; index < log.length; index += 1) {
    const first = log[index];
    if (first?.metadata.basis === undefined) continue;
    const events = [first];
    while (log[index + 1]?.stream === SCHEDULER_STREAM && log[index + 1]?.metadata.basis === undefined)
      events.push(log[(index += 1)]!);
    yield { basis: previous + 1 + first.metadata.basis, events };
    previous = index;
  }
}

/** A fold of the log that only moves forward, and is restored from a snapshot once. */
class Fold {
  state = new ClusterState();
  #folded = 0;

  constructor(
    private readonly log: readonly RecordedMusterEvent[],
    private readonly kept: number,
  ) {}

  to(length: number): ClusterState {
    for (; this.#folded < length; this.#folded += 1) {
      if (this.#folded === this.kept)
        this.state = restore(
          [...recordsOf(this.state)].map((record) => JSON.parse(JSON.stringify(record)) as SnapshotRecord),
        );
      evolveState(this.state, this.log[this.#folded]!);
    }
    return this.state;
  }
}

const textOf = (state: ClusterState): string => JSON.stringify([...recordsOf(state)]);

/** Throws unless every placement of the world is explained and reproduced. Returns the number of placements. */
function explainAll(world: World, kept: number): number {
  let placements = 0;
  const fold = new Fold(world.log, kept);
  for (const { basis, events } of plansOf(world.log)) {
    const state = fold.to(basis);
    const before = textOf(state);
    events.forEach((event, index) => {
      const earlier = events.slice(0, index) as unknown as readonly PlanEvent[];
      const plan = { now: event.metadata.at, earlier, rules: SCHEDULING_RULES };
      const options = { reserves: world.reserves, quotas: world.quotas };
      if (event.type === 'EvaluationBlocked') {
        for (const { group, reason, survey } of explainBlocked(state, event.data, plan, options))
          if (survey === undefined || survey.verdicts.length !== reason.nodes)
            throw new Error(`${group}: ${JSON.stringify({ reason, survey })}`);
        return;
      }
      if (event.type !== 'AllocationPlaced') return;
      placements += 1;
      const found = explainPlacement(state, event.data, plan, options);
      if (!found.reproduced) throw new Error(JSON.stringify({ found, placed: event.data }, undefined, 1));
      const own = found.survey?.verdicts.find(({ nodeId }) => nodeId === event.data.nodeId);
      if (own?.verdict !== 'fits') throw new Error(`the chosen node is told as ${JSON.stringify(own)}`);
      const best = Math.max(...found.considered.map(({ score }) => score));
      if (found.chosen?.score !== best) throw new Error('a considered node scores higher');
    });
    if (textOf(state) !== before) throw new Error('the state was changed');
  }
  return placements;
}

void t.test('every placement of any plan log is explained and reproduced at its basis', async (t) => {
  let placements = 0;
  fc.assert(
    fc.property(happenings, fc.nat({ max: 200 }), (sequence, kept) => {
      const world = new World();
      for (const happening of sequence) happen(world, happening);
      world.settle();
      placements += explainAll(world, kept);
    }),
    { numRuns: RUNS },
  );
  t.ok(placements > RUNS, `${placements} placements were explained`);
});

void t.test('placements under quotas and without reservations are explained and reproduced', async (t) => {
  const quotas: DefaultLimits = {
    ...NO_QUOTAS,
    slots: { tenant: '4', account: '75%' },
    cpu: { tenant: '50%', account: '450' },
    runs_per_minute: { tenant: '5', account: '4' },
  };
  let placements = 0;
  fc.assert(
    fc.property(happenings, fc.boolean(), (sequence, reserves) => {
      const world = new World();
      world.quotas = quotas;
      world.reserves = reserves;
      for (const happening of sequence) if (reserves || happening.kind !== 'race') happen(world, happening);
      placements += explainAll(world, 50);
    }),
    { numRuns: RUNS },
  );
  t.ok(placements > 0, `${placements} placements were explained`);
});
