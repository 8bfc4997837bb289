import { randomUUID } from 'node:crypto';
import t from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { Scheduler } from '#src/fleet/scheduler/scheduler.js';
import { eventually } from '../../../fixtures/eventually.js';
import { openTestApi } from '../../http/support/test-api.js';
import { LOCAL_ACTOR } from '../../../fixtures/local-actor.js';

interface Why {
  readonly object: string;
  readonly sentence: string;
  readonly evidence: readonly string[];
  readonly placement?: {
    readonly node_id: string;
    readonly reproduced: boolean;
    readonly survey: {
      readonly verdicts: readonly { readonly node_id: string; readonly sentence: string }[];
    };
  };
  readonly waiting?: readonly { readonly task_group: string }[];
  readonly chain: readonly {
    readonly type: string;
    readonly actor: string | null;
    readonly correlation_id: string;
    readonly because: readonly string[];
  }[];
  readonly chain_complete: boolean;
}

const api = await openTestApi(t);
const ending = new AbortController();
const running = new Scheduler({
  store: api.store,
  catalog: EVENT_CATALOG,
  clock: systemClock,
  instance: randomUUID(),
}).run(ending.signal);
t.teardown(async () => {
  ending.abort();
  await running;
});
for (const [index, cpu] of [1000, 2000, 100].entries())
  await api.say('POST', '/register', {
    node_id: `node-${index}`,
    ip_address: `10.0.0.${index}`,
    resources: { cpu, memory: 2048 },
    healthy: true,
  });

await eventually(
  async () => (await api.events()).filter(({ type }) => type === 'NodeCapacitySet').length === 3,
  { what: 'three admitted nodes' },
);

const job = (job_id: string, cpu: number, count = 1) => ({
  job_id,
  task_groups: [
    {
      name: 'web',
      count,
      tasks: [{ name: 'main', config: { image: 'nginx:1' }, resources: { cpu, memory: 64 } }],
    },
  ],
});

async function why(path: string): Promise<Why> {
  const { status, body } = await api.say('GET', `/audit/why/${path}`);
  if (status !== 200) throw new Error(`${path}: ${status} ${body.slice(0, 300)}`);
  return JSON.parse(body) as Why;
}

const types = ({ chain }: Why): string[] => chain.map(({ type }) => type);

void t.test(
  'explains why an allocation is on its node, what another node lacked, and the causes',
  async (t) => {
    await api.say('POST', '/jobs', job('placed', 400), { 'x-request-id': 'request-placed' });
    const found = await eventually(async () => {
      for (const { type, data } of await api.events())
        if (type === 'AllocationPlaced') return (JSON.parse(data) as { allocationId: string }).allocationId;
      throw new Error('nothing was placed');
    });
    await api.caughtUp();
    const told = await why(`allocations/${found}?not=node-2`);
    t.match(told, {
      object: `allocation:${found}`,
      sentence:
        /^It is placed on node node-\d and has not started yet because node node-\d (had the best score|was the only)/,
      placement: { reproduced: true },
      chain_complete: true,
    });
    t.equal(told.evidence[0], 'Node node-2 lacked cpu (short by 300).');
    t.strictSame(types(told), ['JobSubmitted', 'AllocationPlaced']);
    t.ok(told.chain.every(({ correlation_id }) => correlation_id === 'request-placed'));
    t.strictSame(
      told.chain[1]?.because.filter((each) => each.startsWith('job:')),
      ['job:placed@0'],
    );
    t.equal(told.placement?.survey.verdicts.length, 3);
  },
);

void t.test('explains a waiting job by what each node lacks', async (t) => {
  await api.say('POST', '/jobs', job('waits', 1500, 2));
  const told = await eventually(async () => {
    const found = await why('jobs/waits?not=node-0');
    if (!found.sentence.includes('cannot be placed')) throw new Error(found.sentence);
    return found;
  });
  t.match(
    told.sentence,
    /^It is waiting: 1 instance of group web cannot be placed: 3 of 3 nodes lack cpu \(short by at least \d+\) \(as of \S+Z\)\.$/,
  );
  t.match(told.evidence, [/^Group web: Node node-0 lacked cpu \(short by \d+\)\.$/]);
  t.match(told.waiting, [{ task_group: 'web' }]);
  await api.say('POST', '/register', {
    node_id: 'node-3',
    ip_address: '10.0.0.9',
    resources: { cpu: 4000, memory: 2048 },
    healthy: true,
  });
  await eventually(async () => {
    const { sentence } = await why('jobs/waits');
    if (!sentence.startsWith('It is starting')) throw new Error(sentence);
    return true;
  });
});

void t.test('reports who stopped a job or drained a node', async (t) => {
  await api.say('DELETE', '/jobs/placed', undefined, { 'x-request-id': 'request-stop' });
  await eventually(async () => {
    const { sentence } = await why('jobs/placed');
    if (!/by local \S+/.test(sentence)) throw new Error(sentence);
    return true;
  });
  const request = await eventually(async () => {
    const found = await why('requests/request-stop');
    if (!types(found).includes('AllocationStopRequested')) throw new Error(types(found).join());
    return found;
  });
  t.match(
    request.sentence,
    /^It came from local \S+ on the cluster surface, and had \d+ effects?: job placed was /,
  );
  t.match((await why('nodes/node-1')).sentence, 'It accepts placements.');
  const drained = await api.say('POST', '/nodes/node-1/drain', { enable: true });
  t.equal(drained.status, 200, drained.body);
  t.equal(
    (await why('nodes/node-1')).sentence,
    `It does not accept placements because it is draining, which ${LOCAL_ACTOR.replace(':', ' ')} requested.`,
  );
});

void t.test('responds 404 to unknown objects, and 400 to invalid questions', async (t) => {
  for (const path of [
    'jobs/none',
    `allocations/${randomUUID()}`,
    'nodes/none',
    'runs/1%2F2',
    'runs/garbage',
    'runs/1@yesterday',
    `claims/claim-${randomUUID()}`,
    `services/${randomUUID()}`,
    'requests/none',
  ]) {
    const { status, body } = await api.say('GET', `/audit/why/${path}`);
    t.equal(status, 404, path);
    t.match(JSON.parse(body), { error: /^no object with the id .* is known/ });
  }
  for (const path of ['planets/earth', 'jobs/placed?not=%20', 'jobs/placed?not='])
    t.equal((await api.say('GET', `/audit/why/${path}`)).status, 400, path);
  t.equal((await api.say('GET', '/audit/why/jobs/placed?as_of=3')).status, 409, 'history is off');
});
