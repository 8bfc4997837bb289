import { Option, type Command } from 'commander';
import { bodyOf, type Api } from '../shared/client.js';
import { confirm } from '../shared/confirm.js';
import { allTenantsQuery, type AllTenants } from './find-service.js';
import { findVolume } from './find-volume.js';
import { connect, remoteNamed, remoteReadNamed, type NamingOptions } from '../shared/options.js';
import { printFields, printJson, printLines, warnLine } from '../shared/output.js';
import { firstPage, connectList, printList, remoteList, type ListOptions } from '../shared/list.js';
import { addVolumeCopyCommands } from './volume-copy.js';
import { UNKNOWN_LIST, VOLUME_LIST, volumePage } from './volume-view.js';
import type { ReadAs } from '../shared/resolve-prefix.js';

export function addVolumeCommands(program: Command): void {
  const volume = program
    .command('volume')
    .description(
      'manage service volumes, which outlive containers (log in first); refer to a volume by SERVICE/NAME, its id, or a unique prefix of either',
    );
  remoteList(volume.command('list'), VOLUME_LIST, UNKNOWN_LIST)
    .description('list volumes, including those of deleted services')
    .option('--all-tenants', 'volumes of all tenants (administrators and auditors)')
    .addOption(
      new Option(
        '--unknown',
        'volumes on nodes that the log does not know, such as after a restore (administrators and auditors)',
      ).conflicts(['allTenants', 'status']),
    )
    .action(list);
  remoteReadNamed(volume.command('show <volume>'))
    .description('show a volume: the service that uses it, its node, and what its deletion is waiting for')
    .action(show);
  remoteNamed(volume.command('rebind <volume>'))
    .description(
      'bind a volume to another node, which has its data; for administrators, if its node is gone or its service is stopped',
    )
    .requiredOption('--node <node>', 'id of the node')
    .action(rebind);
  addVolumeCopyCommands(volume);
  remoteNamed(volume.command('delete <volume>'))
    .description('delete an unused volume and everything in it')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(erase);
}

async function rebind(
  given: string,
  { node, ...options }: NamingOptions & { readonly node: string },
): Promise<void> {
  const { api, format } = connect(options);
  // Volumes of other tenants are named by their whole id.
  const params = given.startsWith('service.') ? { path: { id: given } } : await named(api, given, options);
  const said = await bodyOf(api.POST('/api/v1/volumes/{id}/rebind', { params, body: { node_id: node } }));
  if (format === 'json') printJson(said);
  else printFields([['Message', said.message]]);
}

async function list(options: ListOptions & AllTenants & { readonly unknown?: true }): Promise<void> {
  const api = connectList(options);
  if (options.unknown === true) {
    const { volumes, unreachable } = await bodyOf(api.GET('/api/v1/unknown-volumes', {}));
    if (unreachable.length > 0) warnLine(`did not list their volumes: ${unreachable.join(', ')}`);
    await printList(UNKNOWN_LIST, options, volumes, (shown) => ({ volumes: shown, unreachable }));
    return;
  }
  const params = { query: { ...firstPage(options), ...allTenantsQuery(options) } };
  const { volumes } = await bodyOf(api.GET('/api/v1/volumes', { params }));
  await printList(VOLUME_LIST, options, volumes, (shown) => ({ volumes: shown, total: shown.length }));
}

async function show(given: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const volume = await bodyOf(api.GET('/api/v1/volumes/{id}', { params: await named(api, given, options) }));
  if (format === 'json') printJson(volume);
  else printLines(volumePage(volume));
}

async function erase(
  given: string,
  { yes, ...options }: NamingOptions & { readonly yes?: true },
): Promise<void> {
  const { api, format } = connect(options);
  const params = await named(api, given, options);
  if (yes !== true) await confirm(`Delete the volume ${given}, and everything in it?`, 'pass --yes');
  const said = await bodyOf(api.DELETE('/api/v1/volumes/{id}', { params }));
  if (format === 'json') printJson(said);
  else printFields([['Message', said.message]]);
}

async function named(
  api: Api,
  given: string,
  as: ReadAs,
): Promise<{ readonly path: { readonly id: string } }> {
  return { path: { id: await findVolume(api, given, as) } };
}
