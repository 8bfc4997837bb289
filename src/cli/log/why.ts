import type { Command } from 'commander';
import { bodyOf, unlessForbidden, type Api } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { hostName, hostNamesFor } from '../shared/host-name.js';
import { findNode } from '../shared/lookup.js';
import { connect, remoteRead, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { objectIn, onObject, type NamedKind } from './find-object.js';
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
  for (const object of OBJECTS) addWhy(why, object[0], object);
  // Only subcommands explain: without one, this says which to use.
  why.argument('[object]').action((object: string | undefined) => {
    if (object === undefined) why.help();
    const { kind, given } = objectIn([object]);
    throw new Failure(`${object}: use muster why ${kind} ${given}`);
  });
}

/** Adds `why` to a command such as `muster job`: `muster job why JOB` is `muster why job JOB`. */
export function addWhyOf(program: Command, name: string, kind: NamedKind = name as NamedKind): void {
  const parent = program.commands.find((each) => each.name() === name);
  const object = OBJECTS.find(([each]) => each === kind);
  if (parent !== undefined && object !== undefined) addWhy(parent, 'why', object);
}

function addWhy(
  parent: Command,
  word: string,
  [name, kind, id, description]: (typeof OBJECTS)[number],
): void {
  const command = remoteRead(parent.command(`${word} <${id}>`)).description(description);
  if (kind !== 'nodes' && kind !== 'requests')
    command.option('--not <node>', 'also explain why it is not on this node');
  command.action(async (wanted: string, options: WhyOptions) => {
    const { api, format, look } = connect(options);
    const not = options.not === undefined ? undefined : await nodeId(api, options.not);
    const query = not === undefined ? {} : { not };
    const body = await onObject(
      api,
      name,
      wanted,
      async (id) =>
        await bodyOf(api.GET('/audit/why/{kind}/{id}', { params: { path: { kind, id }, query } })),
    );
    if (format === 'json') printJson(body);
    else printLines(whyPage(body, look, await hostNamesFor(look, api)));
  });
}

/** Returns the id of a node with this id, host name or prefix. One that was removed is in no list, and known only by its id. */
async function nodeId(api: Api, given: string): Promise<string> {
  const listed = await unlessForbidden(bodyOf(api.GET('/nodes')));
  const fitting = (listed?.nodes ?? []).filter(
    (node) => node.node_id.startsWith(given) || hostName(node)?.startsWith(given) === true,
  );
  return fitting.length === 0 ? given : (await findNode(api, given)).node_id;
}
