import type { Command } from 'commander';
import { bodyOf, type Api } from '../shared/client.js';
import { hostNamesFor } from '../shared/host-name.js';
import { findAllocation, findNode, orElse } from '../shared/lookup.js';
import { connect, remoteRead, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { whyPage } from './why-view.js';

interface WhyOptions extends RemoteOptions {
  readonly not?: string;
}

const OBJECTS = [
  ['job', 'jobs', 'job', 'explain why a job is waiting or running, has ended, or was rolled back'],
  ['allocation', 'allocations', 'allocation', 'explain why an allocation is on its node, or why it ended'],
  ['node', 'nodes', 'node', 'explain why a node does not accept placements'],
  ['run', 'runs', 'run', 'explain a run (TASK/RUN), or why a slot of a schedule did not run (TASK@TIME)'],
  ['claim', 'claims', 'claim', 'explain why a GPU claim is waiting or running, or has ended'],
  [
    'service',
    'services',
    'service',
    'explain why a service is waiting or running, failed, or was rolled back',
  ],
  ['task', 'tasks', 'task', 'explain how the latest run of a task went, or why it starts none'],
  [
    'environment',
    'environments',
    'environment',
    'explain how the newest build of an environment went (by its id)',
  ],
  ['build', 'builds', 'build', 'explain how a build of an environment went (ENVIRONMENT/BUILD)'],
  ['request', 'requests', 'request', 'show what a request (X-Request-Id) led to'],
] as const;

export function addWhyCommand(program: Command): void {
  const why = program.command('why').description('explain the state of an object');
  for (const [name, kind, id, description] of OBJECTS) {
    const command = remoteRead(why.command(`${name} <${id}>`)).description(description);
    if (kind !== 'nodes' && kind !== 'requests')
      command.option('--not <node>', 'also explain why it is not on this node');
    command.action(async (wanted: string, options: WhyOptions) => {
      const { api, format, look } = connect(options);
      const query = options.not === undefined ? {} : { not: options.not };
      const explain = async (id: string) =>
        await bodyOf(api.GET('/audit/why/{kind}/{id}', { params: { path: { kind, id }, query } }));
      // Lists show a prefix of these ids.
      const find = { allocations: findAllocationId, nodes: findNodeId }[String(kind)];
      const body =
        find === undefined
          ? await explain(wanted)
          : await orElse(explain, wanted, async () => await find(api, wanted));
      if (format === 'json') printJson(body);
      else printLines(whyPage(body, look, await hostNamesFor(look, api)));
    });
  }
}

async function findAllocationId(api: Api, given: string): Promise<string> {
  return (await findAllocation(api, given)).allocation.allocation_id;
}

async function findNodeId(api: Api, given: string): Promise<string> {
  return (await findNode(api, given)).node_id;
}
