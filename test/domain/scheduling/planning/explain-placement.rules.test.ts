import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import type { RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { SCHEDULER_STREAM } from '#domain/kernel/event/index.js';
import {
  ClusterState,
  explainBlocked,
  explainPlacement,
  SCHEDULING_RULES,
  type PlanEvent,
} from '#domain/scheduling/index.js';
import { inThousandths } from '#domain/scheduling/planning/score.js';
import { kindsOf, liveThrough, QUOTAS } from './rules-history.js';
import { evolveState } from '../world.js';

/** The plan log that was recorded when the rules last changed, with the scores or shortages behind each decision. */
const FILE = `test/fixtures/plan-logs/rules-${SCHEDULING_RULES}.ndjson`;
const WRITE =
  'MUSTER_TEST_WRITE_RULES=1 node dist/test/domain/scheduling/planning/explain-placement.rules.test.js';
const RAISE = `the filters or scores changed: raise SCHEDULING_RULES, then run ${WRITE}`;
/** Scores of two versions of V8 may differ in the last bit of a power. */
const TOLERANCE = 1;

interface Line {
  readonly event: RecordedMusterEvent;
  /** For a placement: each compared node with its score in thousandths. */
  readonly considered?: Readonly<Record<string, number>>;
  /** For a blocked evaluation: the resources that the nodes lacked, by group. */
  readonly lacked?: Readonly<Record<string, unknown>>;
}

/** Folds a log, and calls `decided` for each event of the plan log in the state that it was decided in. */
function replay<Result>(
  log: readonly RecordedMusterEvent[],
  decided: (state: ClusterState, event: RecordedMusterEvent, earlier: readonly PlanEvent[]) => Result,
): Result[] {
  const state = new ClusterState();
  const results: Result[] = [];
  let [folded, next, behindPlan] = [0, 0, 0];
  while (next < log.length) {
    const first = log[next]!;
    if (first.stream !== SCHEDULER_STREAM) {
      next += 1;
      continue;
    }
    const basis = behindPlan + (first.metadata.basis ?? 0);
    for (; folded < basis; folded += 1) evolveState(state, log[folded]!);
    const earlier: PlanEvent[] = [];
    do {
      const event = log[next]!;
      results.push(decided(state, event, earlier));
      earlier.push(event as unknown as PlanEvent);
      next += 1;
    } while (log[next]?.stream === SCHEDULER_STREAM && log[next]?.metadata.basis === undefined);
    behindPlan = next;
  }
  return results;
}

/** Repeats one decision with the current rules. */
function repeated(
  state: ClusterState,
  event: RecordedMusterEvent,
  earlier: readonly PlanEvent[],
): Omit<Line, 'event'> & { readonly differs: readonly string[] } {
  const plan = { now: event.metadata.at, earlier, rules: SCHEDULING_RULES };
  const options = { reserves: true, quotas: QUOTAS };
  if (event.type === 'AllocationPlaced') {
    const { differs, considered } = explainPlacement(state, event.data, plan, options);
    const scores = considered.map(({ nodeId, score }) => [nodeId, inThousandths(score)] as const);
    return { differs, considered: Object.fromEntries(scores) };
  }
  if (event.type !== 'EvaluationBlocked') return { differs: [] };
  const lacked = explainBlocked(state, event.data, plan, options).map(({ group, survey }) => {
    const { nodes, fitting, filtered, exhausted, short } = survey!;
    return [group, { nodes, fitting, filtered, exhausted, short }] as const;
  });
  return { differs: [], lacked: Object.fromEntries(lacked) };
}

function write(): void {
  const { log } = liveThrough();
  const told = replay(log, (state, event, earlier) => ({ event, ...repeated(state, event, earlier) }));
  const byEvent = new Map(told.map(({ event, differs: _, ...rest }) => [event, rest]));
  const lines = log.map((event) => {
    const { stream, revision, type, data, metadata } = event;
    const { at, basis } = metadata;
    return JSON.stringify({ stream, revision, at, basis, type, data, ...byEvent.get(event) });
  });
  writeFileSync(FILE, `${lines.join('\n')}\n`);
}

function readLines(): readonly Line[] {
  const lines = readFileSync(FILE, 'utf8').trimEnd().split('\n');
  return lines.map((line, index) => {
    const { at, basis, considered, lacked, ...event } = JSON.parse(line) as Line & Record<string, unknown>;
    const metadata = {
      $correlationId: 'c',
      $causationId: 'c',
      at,
      v: 1,
      ...(basis !== undefined && { basis }),
    };
    const recorded = { ...event, id: `e${index}`, position: BigInt(index + 1), metadata };
    return {
      event: recorded as unknown as RecordedMusterEvent,
      ...(considered !== undefined && { considered }),
      ...(lacked !== undefined && { lacked }),
    };
  });
}

if (process.env['MUSTER_TEST_WRITE_RULES'] === '1') write();

void t.test('the current rules reproduce every decision in the recorded plan log', async (t) => {
  if (!existsSync(FILE)) return t.fail(`${FILE} is missing: run ${WRITE}`);
  const lines = readLines();
  const byEvent = new Map(lines.map((line) => [line.event, line]));
  const log = lines.map(({ event }) => event);
  const placements = replay(log, (state, event, earlier) => {
    const { differs, considered, lacked } = repeated(state, event, earlier);
    const recorded = byEvent.get(event);
    const what = `${event.stream}@${event.revision} ${event.type}`;
    t.strictSame(differs, [], `${what}: ${RAISE}`);
    t.strictSame(lacked, recorded?.lacked, `${what}: ${RAISE}`);
    const was = recorded?.considered ?? {};
    t.strictSame(Object.keys(considered ?? {}), Object.keys(was), `${what}: ${RAISE}`);
    for (const [node, score] of Object.entries(considered ?? {}))
      t.ok(Math.abs(score - (was[node] ?? Number.NaN)) <= TOLERANCE, `${what}: score of ${node}: ${RAISE}`);
    return event.type === 'AllocationPlaced';
  });
  t.ok(
    placements.filter(Boolean).length > 30,
    `${placements.filter(Boolean).length} placements were repeated`,
  );
});

void t.test('the recorded history contains every kind of decision', async (t) => {
  for (const [kind, found] of Object.entries(kindsOf(liveThrough()))) t.ok(found, kind);
});

void t.test('a placement with a different score, node or port is reported', async (t) => {
  const { log } = liveThrough();
  const wrong = replay(log, (state, event, earlier) => {
    if (event.type !== 'AllocationPlaced') return undefined;
    const other = (data: Partial<typeof event.data>) =>
      repeated(state, { ...event, data: { ...event.data, ...data } }, earlier).differs;
    return {
      score: other({ score: (event.data.score ?? 0) + 20 }),
      node: other({ nodeId: 'elsewhere' }),
      ports: event.data.ports === undefined ? ['ports'] : other({ ports: [1] }),
    };
  });
  for (const found of wrong)
    if (found !== undefined) t.match(found, { score: ['score'], node: ['node'], ports: ['ports'] });
});
