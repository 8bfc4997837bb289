import type { Command } from 'commander';
import { bodyOf, type Api } from '../client.js';
import { Failure } from '../failure.js';
import { findNode, onNode } from '../lookup.js';
import { connect, remote, remoteNamed, type NamingOptions } from '../options.js';
import { printFields, printJson, printLines } from '../output.js';
import { nodePage, nodeTable } from '../views/node.js';

interface SwitchOptions extends NamingOptions {
  readonly enable?: boolean;
  readonly disable?: boolean;
}

interface DownOptions extends NamingOptions {
  readonly reason: string;
}

/** `muster node …` */
export function addNodeCommands(program: Command): void {
  const node = program.command('node').description('look at nodes, drain them; a node is named by its id, its host name, or an unambiguous beginning of one');
  remote(node.command('list')).description('all nodes').action(list);
  remoteNamed(node.command('status [node]')).description('one node and what runs on it; without a name all nodes').action(status);
  remoteNamed(node.command('drain <node>'))
    .description('move all allocations off a node; no new ones come until the drain is disabled')
    .option('--enable', 'start the drain')
    .option('--disable', 'end it')
    .action(async (given: string, options: SwitchOptions) => {
      const enable = chosen(options);
      await change(
        given,
        options,
        async (api, id) => await bodyOf(api.POST('/nodes/{node_id}/drain', { params: { path: { node_id: id } }, body: { enable } })),
      );
    });
  remoteNamed(node.command('down <node...>'))
    .description('declare nodes down that are silent, where too many are at once for the server to do it by itself')
    .requiredOption('--reason <words>', 'why; it stays in the history')
    .action(async (all: readonly string[], { reason, ...options }: DownOptions) => {
      for (const given of all)
        await change(
          given,
          options,
          async (api, id) => await bodyOf(api.POST('/nodes/{node_id}/down', { params: { path: { node_id: id } }, body: { reason } })),
        );
    });
  remoteNamed(node.command('eligibility <node>'))
    .description('say whether new placements may come; what runs stays')
    .option('--enable', 'they may')
    .option('--disable', 'they may not')
    .action(async (given: string, options: SwitchOptions) => {
      const eligible = chosen(options);
      await change(
        given,
        options,
        async (api, id) => await bodyOf(api.POST('/nodes/{node_id}/eligibility', { params: { path: { node_id: id } }, body: { eligible } })),
      );
    });
  remoteNamed(node.command('revoke-secret <node>'))
    .description('take the secret of a node back, as for a machine that was set up anew under its old name: it joins with the join token again')
    .action(async (given: string, options: NamingOptions) => {
      await change(given, options, async (api, id) => await bodyOf(api.DELETE('/api/nodes/{id}/secret', { params: { path: { id } } })));
    });
}

function chosen(options: SwitchOptions): boolean {
  if ((options.enable === true) === (options.disable === true)) throw new Failure('say either --enable or --disable');
  return options.enable === true;
}

async function change(given: string, options: NamingOptions, act: (api: Api, id: string) => Promise<{ readonly message: string }>): Promise<void> {
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
