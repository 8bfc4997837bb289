import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { recentAllocations } from '#src/surfaces/cluster/node-allocations.js';
import { completed, place, placed, released, started } from '../../../projections/events.js';
import { aJob, openTestApi } from '../../http/support/test-api.js';
import { allocations } from '#projections/jobs/allocations.js';

const { say, happened, models } = await openTestApi(t);
const HOUR = 3_600_000;

await say('POST', '/register', {
  node_id: 'n1',
  ip_address: '10.0.0.5',
  resources: { cpu: 4000 },
  healthy: true,
  endpoint: 'http://10.0.0.5:9000',
});
const count = 70;
const places = Array.from({ length: count }, (_, n) => place(`a${n}`, `j${n}`, 0, 'web', 'n1'));
for (const { jobId } of places) await say('POST', '/jobs', aJob({ job_id: jobId }));
const lives = (from: number, to: number): MusterEvent[] =>
  places.slice(from, to).flatMap((at) => [placed(at), started(at), completed(at), released(at, 'complete')]);
await happened(...lives(0, 30));
await happened(...lives(30, 60));
// The last ten keep their slots.
await happened(...places.slice(60).flatMap((at) => [placed(at), started(at)]));

const idsOf = (body: unknown) =>
  (body as { allocations: { allocation_id: string }[] }).allocations.map(
    ({ allocation_id }) => allocation_id,
  );
const names = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `a${from + n}`);

const releasedAt = (JSON.parse((await models.get(allocations.name, 'a59'))!.json) as { releasedAt: number })
  .releasedAt;
const shown = async (now: number) => (await recentAllocations(models, 'n1', now)).map(({ id }) => id);

void t.test(
  'shows the current allocations of a node and the newest fifty that ended in the last hour',
  async (t) => {
    t.strictSame(await shown(releasedAt), names(10, 70));
    t.strictSame(
      await shown(releasedAt + HOUR - 60_000),
      names(10, 70),
      'they are shown even if they ended in an earlier hour of the clock',
    );
  },
);

void t.test('omits allocations that ended at least an hour ago from the node', async (t) => {
  t.strictSame(await shown(releasedAt + HOUR), names(60, 70));
  t.strictSame(await shown(releasedAt + 24 * HOUR), names(60, 70));
  const { nodes } = (await say('GET', '/nodes')).json() as { nodes: unknown[] };
  t.strictSame(idsOf(nodes[0]), names(60, 70), "all of them ended long ago by this server's clock");
});

void t.test('lists all allocations of a node in pages', async (t) => {
  const all = (await say('GET', '/nodes/n1/allocations')).json();
  t.strictSame(idsOf(all), names(0, 70));
  t.match(all, {
    count: 70,
    allocations: [
      {
        allocation_id: 'a0',
        job_id: 'j0',
        task_group: 'web',
        status: 'complete',
        start_time: 1,
        end_time: 2,
      },
    ],
  });
  t.strictSame(idsOf((await say('GET', '/nodes/n1/allocations?limit=3')).json()), names(0, 3));
  t.strictSame(idsOf((await say('GET', '/nodes/n1/allocations?limit=3&after=a66')).json()), names(67, 70));
  t.equal((await say('GET', '/nodes/n1/allocations?limit=0')).status, 400);
  t.equal((await say('GET', '/nodes/nobody/allocations')).status, 404);
});
