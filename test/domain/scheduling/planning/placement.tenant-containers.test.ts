import t from 'tap';
import type { JobOwner } from '#domain/jobs/job/events.js';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import { only, World } from '../world.js';

const job = (driver: 'docker' | 'exec', count = 1): JobSpecification => ({
  task_groups: [
    {
      name: 'web',
      count,
      tasks: [{ name: 'main', driver, config: driver === 'docker' ? { image: 'x' } : { command: 'true' } }],
    },
  ],
});
const tenant: JobOwner = { surface: 'services', tenant: 'one', principal: 'a' };
const REFUSES = { 'docker.tenants': 'refused' };

void t.test('containers of tenants are not placed on a node that refuses them', async (t) => {
  const world = new World().node('open', { attributes: REFUSES });
  world.settle();
  world.submit('tenants', job('docker'), 'JobSubmitted', tenant);
  const blocked = only(world.settle(), 'EvaluationBlocked');
  t.match(blocked[0]?.reasons['web']?.filtered, { 'constraint docker.tenants != refused': 1 });

  // Equal groups of other owners or drivers are still placed.
  world.submit('operators', job('docker'));
  world.submit('processes', job('exec'), 'JobSubmitted', tenant);
  t.same(
    only(world.settle(), 'AllocationPlaced')
      .map(({ jobId }) => jobId)
      .sort(),
    ['operators', 'processes'],
  );

  world.node('closed', { attributes: { 'docker.tenants': 'accepted' } });
  t.match(only(world.settle(), 'AllocationPlaced'), [{ jobId: 'tenants', nodeId: 'closed' }]);
  t.strictSame(world.check.findings, []);
});

void t.test('a running container of a tenant stays on a node that begins to refuse tenants', async (t) => {
  const world = new World().node('a');
  world.settle();
  world.submit('tenants', job('docker'), 'JobSubmitted', tenant);
  world.settle();
  const [running] = world.live('tenants');
  world.node('a', { attributes: REFUSES });
  t.same(only(world.settle(), 'AllocationPlaced'), []);
  t.same(world.live('tenants'), [running]);
  world.submit('tenants', job('docker', 2), 'JobUpdated', tenant);
  t.equal(only(world.settle(), 'EvaluationBlocked').length, 1, 'a second container waits');
  t.same(world.live('tenants'), [running]);
  t.strictSame(world.check.findings, []);
});
