import type { Command } from 'commander';
import { bodyOf, type Api } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { findNode, onNode } from '../shared/lookup.js';
import { connect, remote, remoteNamed, type NamingOptions } from '../shared/options.js';
import { printFields, printJson, printLines } from '../shared/output.js';
import { nodePage, nodeTable } from './node-view.js';

interface SwitchOptions extends NamingOptions {
  readonly enable?: boolean;
  readonly disable?: boolean;
}

interface DownOptions extends NamingOptions {
  readonly reason: string;
}

export function addNodeCommands(program: Command): void {
  const node = program
    .command('node')
    .description('manage nodes; name a node by its id, its host name, or a unique prefix of either');
  remote(node.command('list')).description('list nodes').action(list);
  remoteNamed(node.command('status [node]'))
    .description('show a node and what runs on it; without a name, list nodes')
    .action(status);
  remoteNamed(node.command('drain <node>'))
    .description('move all allocations off a node; it gets no new ones until the drain is disabled')
    .option('--enable', 'start the drain')
    .option('--disable', 'end the drain')
    .action(async (given: string, options: SwitchOptions) => {
      const enable = chosen(options);
      await change(
        given,
        options,
        async (api, id) =>
          await bodyOf(
            api.POST('/nodes/{node_id}/drain', { params: { path: { node_id: id } }, body: { enable } }),
          ),
      );
    });
  remoteNamed(node.command('down <node...>'))
    .description('declare silent nodes down when there are too many for the server to do so by itself')
    .requiredOption('--reason <words>', 'reason, recorded in the history')
    .action(async (all: readonly string[], { reason, ...options }: DownOptions) => {
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
    .description('allow or forbid new placements on a node; running allocations stay')
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
      'revoke the secret of a node, for example after its machine was reinstalled; it then joins again with the join token',
    )
    .action(async (given: string, options: NamingOptions) => {
      await change(
        given,
        options,
        async (api, id) => await bodyOf(api.DELETE('/api/nodes/{id}/secret', { params: { path: { id } } })),
      );
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

async function list(options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await bodyOf(api.GET('/nodes'));
  if (format === 'json') printJson(body);
  else printLines(nodeTable(body.nodes));
}

async function status(given: string | undefined, options: NamingOptions): Promise<void> {
  if (given === undefined) return await list(options);
  const { api, format } = connect(options);
  const node = await findNode(api, given, options);
  if (format === 'json') printJson(node);
  else printLines(nodePage(node));
}
