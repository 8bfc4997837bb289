import type { Command } from 'commander';
import type { NodeView } from '../api-types.js';
import { Failure } from '../failure.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printFields, printJson, printTable, showTime } from '../output.js';

interface SwitchOptions extends RemoteOptions {
  readonly enable?: boolean;
  readonly disable?: boolean;
}

interface DownOptions extends RemoteOptions {
  readonly reason: string;
}

/** `muster node …` */
export function addNodeCommands(program: Command): void {
  const node = program.command('node').description('look at nodes, drain them');
  remote(node.command('status [node]')).description('one node, or all').action(status);
  remote(node.command('drain <node>'))
    .description('move all allocations off a node; no new ones come until the drain is disabled')
    .option('--enable', 'start the drain')
    .option('--disable', 'end it')
    .action(async (id: string, options: SwitchOptions) => await change(id, 'drain', { enable: chosen(options) }, options));
  remote(node.command('down <node...>'))
    .description('declare nodes down that are silent, where too many are at once for the server to do it by itself')
    .requiredOption('--reason <words>', 'why; it stays in the history')
    .action(async (ids: readonly string[], { reason, ...options }: DownOptions) => {
      for (const id of ids) await change(id, 'down', { reason }, options);
    });
  remote(node.command('eligibility <node>'))
    .description('say whether new placements may come; what runs stays')
    .option('--enable', 'they may')
    .option('--disable', 'they may not')
    .action(async (id: string, options: SwitchOptions) => await change(id, 'eligibility', { eligible: chosen(options) }, options));
  remote(node.command('revoke-secret <node>'))
    .description('take the secret of a node back, as for a machine that was set up anew under its old name: it joins with the join token again')
    .action(async (id: string, options: RemoteOptions) => {
      const { client, format } = connect(options);
      answered(await client.delete<{ message?: string }>(`/api/nodes/${encodeURIComponent(id)}/secret`), format);
    });
}

function chosen(options: SwitchOptions): boolean {
  if ((options.enable === true) === (options.disable === true)) throw new Failure('say either --enable or --disable');
  return options.enable === true;
}

async function change(id: string, what: string, body: unknown, options: RemoteOptions): Promise<void> {
  const { client, format } = connect(options);
  const answer = await client.post<{ message?: string }>(`/nodes/${encodeURIComponent(id)}/${what}`, body);
  answered(answer, format);
}

function answered({ body }: { readonly body: { readonly message?: string } }, format: string): void {
  if (format === 'json') printJson(body);
  else printFields([['Message', body.message ?? 'done']]);
}

async function status(id: string | undefined, options: RemoteOptions): Promise<void> {
  const { client, format } = connect(options);
  const { body } = await client.get<{ nodes: NodeView[] }>('/nodes');
  if (id === undefined) {
    if (format === 'json') printJson(body);
    else printTable(['NODE', 'ADDRESS', 'STATUS', 'CPU', 'MEMORY', 'ALLOCATIONS', 'LAST HEARTBEAT'], body.nodes.map(row));
    return;
  }
  const fitting = body.nodes.filter((node) => node.node_id.startsWith(id));
  const node = fitting.find((each) => each.node_id === id) ?? (fitting.length === 1 ? fitting[0] : undefined);
  if (node === undefined) throw new Failure(fitting.length === 0 ? `no node ${id}` : `several nodes begin with ${id}`);
  if (format === 'json') {
    printJson(node);
    return;
  }
  printFields([
    ['Node', node.node_id],
    ['Address', node.ip_address],
    ['Status', statusOf(node)],
    ['Resources', Object.entries(node.resources).map(([name, amount]) => `${name}=${amount}`).join(' ')],
    ['Last heartbeat', showTime(node.last_heartbeat)],
  ]);
  process.stdout.write('\n');
  printTable(
    ['ALLOCATION', 'JOB', 'GROUP', 'STATUS'],
    node.allocations.map((allocation) => [allocation.allocation_id, allocation.job_id ?? '', allocation.task_group, allocation.status]),
  );
}

function row(node: NodeView): string[] {
  return [
    node.node_id,
    node.ip_address,
    statusOf(node),
    String(node.resources['cpu'] ?? 0),
    String(node.resources['memory'] ?? 0),
    String(node.allocations.filter((allocation) => allocation.status === 'running').length),
    showTime(node.last_heartbeat),
  ];
}

function statusOf(node: NodeView): string {
  if (node.down) return 'down';
  if (node.draining) return 'draining';
  if (!node.healthy) return 'unhealthy';
  return node.eligible ? 'ready' : 'ineligible';
}
