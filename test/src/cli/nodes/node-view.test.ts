import t from 'tap';
import type { Cluster } from '#src/cli/shared/client.js';
import { nodePage, nodeTable } from '#src/cli/nodes/node-view.js';
import { ALLOCATION_STATUSES } from '../views/samples.js';

type Node = Cluster['Node'];

function node(over: Partial<Node> = {}): Node {
  return {
    node_id: 'node-1',
    ip_address: '10.0.0.5',
    resources: { cpu: 4000, memory: 8192 },
    healthy: true,
    last_heartbeat: 1_763_625_600,
    allocations: [],
    ...over,
  };
}

await t.test('shows every state of a node in the table and on its page', async (t) => {
  const states: readonly (readonly [string, Partial<Node>])[] = [
    ['ready', {}],
    ['ready', { down: false, draining: false, eligible: true }],
    ['unhealthy', { healthy: false }],
    ['ineligible', { eligible: false }],
    ['draining', { draining: true, eligible: false }],
    ['down', { down: true, draining: true, healthy: false }],
  ];
  for (const [word, over] of states) {
    t.match(nodeTable([node(over)])[1], ` ${word} `);
    t.ok(
      nodePage(node(over)).some((line) => /^Status +/.test(line) && line.endsWith(` ${word}`)),
      word,
    );
  }
});

await t.test("shows a node's description, resources and free resources", async (t) => {
  const shown = node({
    drivers: ['docker', 'exec'],
    attributes: { hostname: 'gpu-1', 'gpu.model': 'H200' },
    resources: { cpu: 4000, gpus: 4 },
    allocated: { cpu: 1500, gpus: 1 },
    registered_at: 1_763_625_600,
  });
  t.match(nodeTable([shown])[1], /^node-1 +gpu-1 +10\.0\.0\.5 +ready +docker,exec +2500\/4000 +- +3\/4 +0 /);
  const page = nodePage(shown).join('\n');
  for (const line of [
    /Host +gpu-1/,
    /Registered +2025-11-20T08:00:00Z/,
    /cpu +4000 +1500 +2500/,
    /gpus +4 +1 +3/,
    /gpu\.model +H200/,
  ])
    t.match(page, line);
});

await t.test('shows why a node does not run processes of tenants', (t) => {
  const attributes = {
    'exec.tenants': 'refused',
    'exec.tenants_refused_for': 'shared_tmp',
  };
  t.match(
    nodePage(node({ attributes })).join('\n'),
    /Tenants +this node does not run processes of tenants because .*share \/tmp.*MUSTER_TENANTS_SHARE_TMP=true/,
  );
  const accepted = { 'exec.tenants': 'accepted' };
  t.notMatch(nodePage(node({ attributes: accepted })).join('\n'), /Tenants/);
  t.end();
});

await t.test('shows every status of an allocation on the page of its node', async (t) => {
  const allocations = ALLOCATION_STATUSES.map((status) => ({
    allocation_id: `a-${status}`,
    job_id: 'hello',
    task_group: 'web',
    status,
    start_time: null,
    end_time: null,
  }));
  const lines = nodePage(node({ allocations }));
  for (const status of ALLOCATION_STATUSES)
    t.ok(
      lines.some((line) => line.startsWith(`a-${status}`)),
      status,
    );
});

await t.test('shows which node port leads to each port of an allocation', async (t) => {
  const web = {
    allocation_id: 'a',
    job_id: 'hello',
    task_group: 'web',
    status: 'running',
    start_time: null,
    end_time: null,
  } as const;
  const lines = nodePage(node({ allocations: [{ ...web, ports: [{ container: 80, host: 20_017 }] }] }));
  t.match(lines.at(-1), /^a +hello +web +running +20017→80 +-$/);
});

await t.test('shows unknown statuses that a node reported, together with the known ones', async (t) => {
  const page = nodePage(
    node({ unknown_statuses: { reported: ['completed', 'a\u001b[31m'], known: ['pending', 'running'] } }),
  ).join('\n');
  t.match(page, /Unknown statuses +"completed", "a\\u001b\[31m" \(known: pending, running\)/);
  t.notMatch(nodePage(node()).join('\n'), /Unknown/);
});

await t.test('names both agents if a second one has the id of the node', async (t) => {
  const second = { address: 'http://10.0.0.6:9000', holder: 'http://10.0.0.5:9000', at: 1_763_629_200 };
  const page = nodePage(node({ refused_agent: second })).join('\n');
  t.match(page, /Second agent +http:\/\/10\.0\.0\.6:9000 .*this node: http:\/\/10\.0\.0\.5:9000\); refused /);
  t.notMatch(nodePage(node()).join('\n'), /Second agent/);
});
