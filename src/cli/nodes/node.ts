import type { Command } from 'commander';
import { bodyOf, type Api } from '../shared/client.js';
import { confirm } from '../shared/confirm.js';
import { Failure, Refusal } from '../shared/failure.js';
import { hostName } from '../shared/host-name.js';
import { findNode, onNode } from '../shared/lookup.js';
import { connect, named, remoteNamed, type NamingOptions } from '../shared/options.js';
import { printFields, printJson, printLines } from '../shared/output.js';
import { wholeNumber } from '../shared/whole-number.js';
import { unambiguous } from '../shared/resolve-prefix.js';
import { firstPage, connectList, printList, remoteList, type ListOptions } from '../shared/list.js';
import { NODE_LIST, nodePage } from './node-view.js';
import { nodeIdOf, tellWhatIf } from './ask-what-if.js';

interface SwitchOptions extends NamingOptions {
  readonly enable?: boolean;
  readonly disable?: boolean;
}

interface DrainOptions extends SwitchOptions {
  readonly plan?: boolean;
  readonly deadline?: number;
}

interface DownOptions extends NamingOptions {
  readonly reason?: string;
  readonly plan?: boolean;
}

export function addNodeCommands(program: Command): void {
  const node = program
    .command('node')
    .description('manage nodes; refer to a node by its id, its host name, or a unique prefix of either');
  remoteList(node.command('list'), NODE_LIST).description('list nodes').action(list);
  named(remoteList(node.command('status [node]'), NODE_LIST))
    .description('show a node and what is running on it; without a name, list nodes')
    .action(status);
  remoteNamed(node.command('drain <node>'))
    .description('move all allocations off a node; no new ones are placed on it until the drain is disabled')
    .option('--enable', 'start draining')
    .option('--disable', 'stop draining')
    .option(
      '--deadline <seconds>',
      'how long runs of tasks, and jobs with lost: fail, may still run before they are stopped too (default: 3600; 0: at once)',
      (text) => wholeNumber(text, '--deadline'),
    )
    .option('--plan', 'only show what a drain would move, like muster what-if; changes nothing')
    .action(async (given: string, { plan, deadline, ...options }: DrainOptions) => {
      if (plan === true) return await planDrain(given, options);
      const body = { enable: chosen(options), ...(deadline !== undefined && { deadline_seconds: deadline }) };
      await change(
        given,
        options,
        async (api, id) =>
          await bodyOf(api.POST('/nodes/{node_id}/drain', { params: { path: { node_id: id } }, body })),
      );
    });
  remoteNamed(node.command('down <node...>'))
    .description(
      'mark nodes without heartbeats as down if there are too many for the server to do so automatically',
    )
    .option('--reason <words>', 'reason, recorded in the history (required)')
    .option('--plan', 'only show what the loss of the nodes would move; changes nothing')
    .action(async (all: readonly string[], { reason, plan, ...options }: DownOptions) => {
      if (plan === true) return await planDown(all, options);
      if (reason === undefined) throw new Failure('pass --reason, or --plan to only see what would move');
      for (const given of all)
        await change(
          given,
          options,
          async (api, id) =>
            await bodyOf(
              api.POST('/nodes/{node_id}/down', { params: { path: { node_id: id } }, body: { reason } }),
            ),
        );
    });
  remoteNamed(node.command('eligibility <node>'))
    .description('allow or forbid new placements on a node; running allocations are not affected')
    .option('--enable', 'allow new placements')
    .option('--disable', 'forbid new placements')
    .action(async (given: string, options: SwitchOptions) => {
      const eligible = chosen(options);
      await change(
        given,
        options,
        async (api, id) =>
          await bodyOf(
            api.POST('/nodes/{node_id}/eligibility', {
              params: { path: { node_id: id } },
              body: { eligible },
            }),
          ),
      );
    });
  remoteNamed(node.command('revoke-secret <node>'))
    .description(
      'revoke the secret of a node, for example after its machine was reinstalled; it can then join again with the join token',
    )
    .action(async (given: string, options: NamingOptions) => {
      await change(
        given,
        options,
        async (api, id) => await bodyOf(api.DELETE('/api/nodes/{id}/secret', { params: { path: { id } } })),
      );
    });
  remoteNamed(node.command('remove <node>'))
    .description(
      'remove a node that is down, for example because its machine is gone, or a host name that never joined. If its agent starts again, it is a new node. The history is kept. To keep a lost machine from joining, revoke its secret, too',
    )
    .option('--force', 'remove a node whose allocations have not ended; they are then lost')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(remove);
}

async function remove(
  given: string,
  { yes, force, ...options }: NamingOptions & { readonly yes?: true; readonly force?: true },
): Promise<void> {
  const { api, format } = connect(options);
  const { nodes: joined } = await bodyOf(api.GET('/nodes'));
  const names = await hostNames(api);
  const candidates = [
    ...joined.map((node) => ({ id: node.node_id, name: hostName(node) ?? names.get(node.node_id) ?? null })),
    ...[...names]
      .filter(([id]) => !joined.some((node) => node.node_id === id))
      .map(([id, name]) => ({ id, name })),
  ];
  const { id, name } = unambiguous('node', given, candidates, options);
  const isJoined = joined.some((node) => node.node_id === id);
  const what = isJoined ? 'node' : 'host name';
  if (yes !== true) await confirm(`Remove the ${what} ${name ?? id}?`, 'pass --yes');
  const query = force === true ? { force: true } : {};
  const body = isJoined
    ? await bodyOf(api.DELETE('/nodes/{node_id}', { params: { path: { node_id: id }, query } }))
    : undefined;
  // A node that was registered by its host name would otherwise wait for its agent in the list of GPU nodes.
  const forgotten = names.has(id)
    ? await bodyOf(api.DELETE('/api/nodes/{id}', { params: { path: { id } } }))
    : undefined;
  const said = body ?? forgotten;
  if (format === 'json') printJson(said);
  else printFields([['Message', said?.message ?? '']]);
}

/** Returns the names of machines that were registered by them, by id, also of those that never joined. Empty for callers who may not see them. */
async function hostNames(api: Api): Promise<ReadonlyMap<string, string | null>> {
  try {
    const { nodes } = await bodyOf(api.GET('/api/nodes'));
    return new Map(nodes.map(({ id, hostname }) => [id, hostname]));
  } catch (error) {
    if (error instanceof Refusal && [401, 403].includes(error.httpStatus)) return new Map();
    throw error;
  }
}

async function planDrain(given: string, options: SwitchOptions): Promise<void> {
  if (options.disable === true) throw new Failure('--plan requires --enable');
  await tellWhatIf(options, async (api) => ({ changes: [{ drain: await nodeIdOf(api, given, options) }] }));
}

async function planDown(all: readonly string[], options: NamingOptions): Promise<void> {
  await tellWhatIf(options, async (api) => {
    const changes = [];
    for (const given of all) changes.push({ down: await nodeIdOf(api, given, options) });
    return { changes };
  });
}

function chosen(options: SwitchOptions): boolean {
  if ((options.enable === true) === (options.disable === true))
    throw new Failure('pass either --enable or --disable');
  return options.enable === true;
}

async function change(
  given: string,
  options: NamingOptions,
  act: (api: Api, id: string) => Promise<{ readonly message: string }>,
): Promise<void> {
  const { api, format } = connect(options);
  const body = await onNode(api, given, async (id) => await act(api, id), options);
  if (format === 'json') printJson(body);
  else printFields([['Message', body.message]]);
}

async function list(options: ListOptions): Promise<void> {
  const api = connectList(options);
  const { nodes } = await bodyOf(api.GET('/nodes', { params: { query: firstPage(options) } }));
  await printList(NODE_LIST, options, nodes, (shown) => ({ nodes: shown, count: shown.length }));
}

async function status(given: string | undefined, options: ListOptions & NamingOptions): Promise<void> {
  if (given === undefined) return await list(options);
  const { api, format, look } = connect(options);
  const node = await findNode(api, given, options);
  if (format === 'json') printJson(node);
  else printLines(nodePage(node, look));
}
