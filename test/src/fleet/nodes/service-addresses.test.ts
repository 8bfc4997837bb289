import t from 'tap';
import type { JobOwner } from '#domain/jobs/job/events.js';
import type { Task } from '#domain/jobs/job/specification.js';
import { PlacedNode, Placement } from '#domain/scheduling/dispatch/placement.js';
import { deploymentJobOf } from '#domain/services/service/index.js';
import { ServiceAddresses } from '#src/fleet/nodes/index.js';
import { servicesScene } from '../../surfaces/services/routes/scene.js';

const CONTAINER: Task = { name: 'main', driver: 'docker', config: { image: 'app:1' } };
const PROCESS: Task = { name: 'main', driver: 'exec', config: { command: 'true' } };

void t.test('gives the address of a service that the reader can reach', async (t) => {
  const { api, as } = await servicesScene(t);
  const { executor, identity } = api;
  const template = {
    name: 'store',
    type: 'store',
    config: { image: 'web:1', ports: [80], environment: { KEY: '{{KEY}}' } },
    variables: [{ name: 'KEY', type: 'string', description: '', secret: true }],
    connection_string: 'x://{{KEY}}@{{ENDPOINT}}',
  };
  t.equal((await as('root', 'POST', '/templates', template)).status, 201);
  const config = { nomad_job_file: 'store.nomad', custom_variables: { KEY: 'a/b' } };
  const made = await as('ann', 'POST', '/services', { name: 'db', type: 'store', config });
  const { id, created_by: ann } = made.json() as { id: string; created_by: string };
  await as('ann', 'POST', `/services/${id}/start`);
  await as('ann', 'POST', '/services', { name: 'silent', type: 'silent', config: { image: 'web:1' } });

  const nodes = new Map<string, PlacedNode>();
  const addresses = new ServiceAddresses({
    executor,
    sealer: identity.sealer,
    placements: { state: { nodes } },
  });
  const runsOn = (nodeId: string, ipAddress: string): void => {
    const node = Object.assign(new PlacedNode(nodeId), { ipAddress });
    const ports = { main: [{ container: 80, host: 20_001 }] };
    const job = deploymentJobOf(id, 1);
    const placement = new Placement('a', job, 0, 'service', 0, undefined, ports, 0, 0);
    placement.started = true;
    nodes.clear();
    nodes.set(nodeId, Object.assign(node, { allocations: new Map([['a', placement]]) }));
  };
  const owner: JobOwner = { surface: 'services', tenant: 'a', principal: ann };
  /** Returns what the variable becomes on node `here`, or why it has no value. */
  const becomes = async (text: string, task: Task, by: JobOwner = owner): Promise<string | undefined> => {
    const { tasks, unresolved } = await addresses.in([{ ...task, env: { AT: text } }], by, {
      nodeId: 'here',
    });
    return unresolved['main'] ?? tasks[0]?.env?.['AT'];
  };
  const AT = '{{service.db.host}}:{{service.db.port}}';
  const CONNECTION = '{{service.db.connection_string}}';

  t.equal(await becomes(AT, CONTAINER), 'db:80', 'a container may start before the service');
  t.match(await becomes(AT, PROCESS), /AT: service db is not running/);
  runsOn('here', '127.0.0.1');
  t.equal(await becomes(AT, CONTAINER), 'db:80');
  t.equal(await becomes(AT, PROCESS), '127.0.0.1:20001');
  runsOn('there', '10.0.0.7');
  t.equal(await becomes(AT, CONTAINER), '10.0.0.7:20001');
  t.equal(await becomes(CONNECTION, CONTAINER), 'x://a%2Fb@10.0.0.7:20001');
  runsOn('there', 'fd00::7');
  t.equal(await becomes(AT, CONTAINER), '[fd00::7]:20001');
  runsOn('there', '127.0.0.2');
  t.match(await becomes(AT, CONTAINER), /127\.0\.0\.2 cannot be reached from a container/);

  runsOn('here', '127.0.0.1');
  const idOf = async (who: 'bob' | 'tia'): Promise<string> =>
    ((await as(who, 'GET', '/users/me')).json() as { id: string }).id;
  const [bob, tia] = [await idOf('bob'), await idOf('tia')];
  t.type(bob, 'string');
  t.match(await becomes('{{service.nothing.host}}', CONTAINER), /has no service nothing/);
  t.match(await becomes('{{service.silent.host}}', CONTAINER), /service silent has no port/);
  t.equal(await becomes(AT, CONTAINER, { ...owner, principal: bob }), 'db:80');
  t.match(
    await becomes(CONNECTION, CONTAINER, { ...owner, principal: bob }),
    /available only to accounts that may change the service/,
  );
  t.equal(await becomes(CONNECTION, CONTAINER, { ...owner, principal: tia }), 'x://a%2Fb@db:80');
  t.match(await becomes(AT, CONTAINER, { ...owner, tenant: 'b' }), /has no service db/, 'another tenant');
  t.equal(await becomes(AT, CONTAINER, { ...owner, tenant: null }), AT, 'a job of no tenant is unchanged');
});
