import { randomInt, randomUUID } from 'node:crypto';
import t from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { Scheduler } from '#src/fleet/scheduler/scheduler.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { exited, place, released, started } from '../../../projections/events.js';
import { openPastApi } from '../../http/support/past-api.js';
import { openTestApi, type TestApi } from '../../http/support/test-api.js';

/** Number of compared positions of the log. */
const COMPARED = 6;

t.setTimeout(120_000 * PATIENCE);

const api = await openPastApi(t);
const allocations = await liveThrough(api);
const log = await api.events();

/** Fills a cluster with jobs that run, wait, are changed and stopped, drains a node, and returns the allocation ids. */
async function liveThrough({ say, store, events, happened }: TestApi): Promise<readonly string[]> {
  const ending = new AbortController();
  const scheduler = new Scheduler({
    store,
    catalog: EVENT_CATALOG,
    clock: systemClock,
    instance: randomUUID(),
  });
  const running = scheduler.run(ending.signal);
  const count = async (type: string): Promise<number> =>
    (await events()).filter((event) => event.type === type).length;
  const until = async (type: string, wanted: number): Promise<void> => {
    await eventually(async () => (await count(type)) >= wanted, { what: `${wanted} × ${type}` });
  };
  const register = async (number: number, cpu: number): Promise<void> => {
    await say('POST', '/register', {
      node_id: `node-${number}`,
      ip_address: `10.0.0.${number}`,
      resources: { cpu, memory: 4096 },
      healthy: true,
    });
    await until('NodeCapacitySet', number + 1);
  };
  const task = { name: 'main', config: { image: 'nginx:1' }, resources: { cpu: 600, memory: 64 } };
  const job = (job_id: string, instances: number) => ({
    job_id,
    task_groups: [{ name: 'web', count: instances, tasks: [task] }],
  });
  try {
    await register(0, 1000);
    await say('POST', '/jobs', job('hello', 2), { 'x-request-id': 'request-hello' });
    await until('EvaluationBlocked', 1);
    await register(1, 2000);
    await until('AllocationPlaced', 2);
    const found = (await events()).filter(({ type }) => type === 'AllocationPlaced');
    const placed = found.map(({ data }) => JSON.parse(data) as ReturnType<typeof place>);
    const [first] = placed.map(({ allocationId, jobId, group, slot, nodeId }) =>
      place(allocationId, jobId, slot, group, nodeId),
    );
    await happened(started(first!));
    await say('POST', '/nodes/node-1/drain', { enable: true });
    await until('AllocationStopRequested', 1);
    await happened(exited(first!, 'failed'), released(first!, 'failed'));
    await say('DELETE', '/jobs/hello', undefined, { 'x-request-id': 'request-stop' });
    await until('JobStopped', 1);
    return placed.map(({ allocationId }) => allocationId);
  } finally {
    ending.abort();
    await running;
  }
}

/** Appends the events to the log of the server, and waits until reads show them. */
async function extend(server: TestApi, events: readonly RecordedEvent[]): Promise<void> {
  for (const { stream, revision, id, type, data, metadata } of events) {
    const expected = revision === 0 ? 'no_stream' : revision - 1;
    await server.store.append({ stream, expected, events: [{ id, type, data, metadata }] });
  }
  await server.caughtUp();
}

/** Random positions of the log, in order. They always include the last one. */
function somePositions(): number[] {
  const chosen = new Set([3, log.length]);
  while (chosen.size < Math.min(COMPARED, log.length)) chosen.add(randomInt(1, log.length));
  return [...chosen].sort((one, other) => one - other);
}

const QUESTIONS = [
  'jobs/hello',
  'jobs/hello?not=node-0',
  'nodes/node-0',
  'nodes/node-1',
  'requests/request-hello',
  'requests/request-stop',
  ...allocations.flatMap((id) => [`allocations/${id}`, `allocations/${id}?not=node-0`]),
];

void t.test('an explanation as of a position equals that of a server whose log ends there', async (t) => {
  const server = await openTestApi(t);
  let length = 0;
  const sentences = new Set<string>();
  for (const next of somePositions()) {
    await extend(server, log.slice(length, next));
    length = next;
    const { position } = log[next - 1]!;
    t.equal(await server.store.head(), position, 'both logs have the same positions');
    for (const question of QUESTIONS) {
      const then = await server.say('GET', `/audit/why/${question}`);
      const separator = question.includes('?') ? '&' : '?';
      const now = await api.say('GET', `/audit/why/${question}${separator}as_of=${position}`);
      t.equal(now.status, then.status, `${question} as of ${position}: ${now.body.slice(0, 200)}`);
      if (then.status !== 200) continue;
      t.strictSame(JSON.parse(now.body), JSON.parse(then.body), `${question} as of ${position}`);
      t.match(now.headers, { 'x-muster-as-of': String(position) });
      sentences.add((JSON.parse(now.body) as { sentence: string }).sentence);
    }
  }
  t.ok(sentences.size > 6, [...sentences].join(' | '));
});

void t.test('a past explanation reports the range of positions with the same explanation', async (t) => {
  const { position } = log[Math.floor(log.length / 2)]!;
  const answer = await api.say('GET', `/audit/why/jobs/hello?as_of=${position}`);
  const from = String(answer.headers['x-muster-same-from']);
  const until = answer.headers['x-muster-same-until'];
  t.ok(BigInt(from) <= position && (until === undefined || BigInt(String(until)) > position));
  t.equal((await api.say('GET', `/audit/why/jobs/hello?as_of=${from}`)).body, answer.body);
});
