import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { bodyOf, textOf, type Api, type Services } from '../client.js';
import { confirm } from '../confirm.js';
import { Failure } from '../failure.js';
import { followedLines } from '../followed-lines.js';
import { streamOptions, type StreamOptions } from '../log-stream.js';
import { connect, remote, remoteNamed, type NamingOptions } from '../options.js';
import { printFields, printJson, printLines, printPiece, warnLine } from '../output.js';
import { timeOf } from '../since.js';
import { deploymentTable, endpointTable, servicePage, serviceTable, versionTable } from '../views/service.js';
import { volumeName } from '../views/volume.js';
import { wholeNumber } from '../whole-number.js';
import { named, type Named } from './named-service.js';
import { configured, saysConfig, withConfig, type ConfigOptions } from './service-config.js';
import { addServiceEventsCommand } from './service-events.js';
import { addServiceMetricsCommand } from './service-metrics.js';
import type { PreviewOptions } from './service-preview.js';
import { newestDeployment, rolledOut } from './service-rollout.js';
import { addServiceTemplateCommands } from './service-template.js';

/** Of what begins instances. */
const PULL = 'pull its image anew: without it a version runs the very image that it ran first, wherever the tag points by now';

/** `muster service …` */
export function addServiceCommands(program: Command): void {
  const service = program
    .command('service')
    .description('long-running services of your tenant (muster login); one is named by its name, its id, or an unambiguous beginning of one');
  remote(service.command('list')).description('which there are').action(list);
  remoteNamed(service.command('show <service>')).description('one service: how it is, where it is reached, and why it failed').action(show);
  remote(withConfig(service.command('create <name>')))
    .description('make one, of a template, of an image, or of a file; it is stopped')
    .option('--type <type>', 'what it is for; a tenant has one of each type; absent: that of the template')
    .option('--description <text>', 'what it is')
    .action(create);
  remoteNamed(withConfig(service.command('update <service>')))
    .description('give it another config: the present one with the options on top, or that of a file; a running one is rolled over to it')
    .option('--no-wait', 'do not wait for the deployment')
    .action(update);
  remoteNamed(service.command('start <service>'))
    .description('begin a deployment, and wait for its end')
    .option('--pull', PULL)
    .option('--no-wait', 'do not wait')
    .action(start);
  remoteNamed(service.command('stop <service>')).description('end its instances').action(stop);
  remoteNamed(service.command('restart <service>')).description('end its instances and begin them again').option('--pull', PULL).action(restart);
  remoteNamed(withConfig(service.command('preview <service>')))
    .description(
      'say what update would do with the same options, or start without any: what differs, what an instance would be, and where it would go; nothing is done',
    )
    .option('--limit <count>', 'at most so many nodes, placements and stops', '20')
    .action(async (given: string, args: readonly string[], options: PreviewOptions) => {
      const { previewService } = await import('./service-preview.js');
      await previewService(given, args, options);
    });
  remoteNamed(service.command('rollback <service> <version>')).description('go back to a version').option('--no-wait', 'do not wait').action(rollBack);
  remoteNamed(service.command('delete <service>'))
    .description('delete it; its volumes are kept')
    .option('--volumes', 'delete its volumes as well, with all that is in them')
    .option('-y, --yes', 'do not ask')
    .action(erase);
  remoteNamed(service.command('deployments <service>')).description('what was deployed, and how it ended').action(deployments);
  remoteNamed(service.command('versions <service>')).description('what it was, and what changed').action(versions);
  remoteNamed(service.command('endpoints <service>')).description('where its ports are reached').action(endpoints);
  streamOptions(remoteNamed(service.command('logs <service>')))
    .description('what its instances write')
    .option('-n, --tail <lines>', 'the last so many lines of each')
    .option('--search <text>', 'only lines that hold it')
    .option('--since <time>', 'only what was written since: a time, or how long ago, as 10m')
    .option('--deployment <number>', 'of the instances of that deployment, also where it failed and another one serves')
    .option('--all', 'all that is kept, not only the last 1000 lines of each')
    .option('-f, --follow', 'go on as more is written, of its first instance')
    .action(logs);
  addServiceEventsCommand(service);
  addServiceMetricsCommand(service);
  addServiceTemplateCommands(service);
}

async function list(options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await bodyOf(api.GET('/api/v1/services', {}));
  if (format === 'json') printJson(body);
  else printLines(serviceTable(body, await waitsOf(api, body)));
}

/** What deployments that go on wait for, by the id of their service. Lists do not tell it, and few of a tenant's services begin at once. */
async function waitsOf(api: Api, { services }: Services['ServiceList']): Promise<ReadonlyMap<string, string>> {
  const waits = new Map<string, string>();
  for (const {
    id,
    deployments: [newest],
  } of services) {
    if (newest?.status !== 'pending' && newest?.status !== 'running') continue;
    // It may have been deleted since the list was made.
    const deployment = await newestDeployment(api, { path: { id } }).catch(refusedIsNone);
    if (typeof deployment?.waits_for === 'string') waits.set(id, deployment.waits_for);
  }
  return waits;
}

function refusedIsNone(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
}

async function show(given: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = await named(api, given, options);
  const service = await bodyOf(api.GET('/api/v1/services/{id}', { params }));
  if (format === 'json') return printJson(service);
  const untold = service.status === 'deploying' && (service.reason ?? null) === null;
  const waits = untold ? (await newestDeployment(api, params))?.waits_for : undefined;
  printLines(servicePage(service, waits ?? undefined));
}

interface CreateOptions extends NamingOptions, ConfigOptions {
  readonly type?: string;
  readonly description?: string;
}

async function create(name: string, args: readonly string[], { description, ...options }: CreateOptions): Promise<void> {
  const { api, format } = connect(options);
  const { config, type: ofTemplate } = await configured(api, {}, args, options);
  const type = options.type ?? ofTemplate;
  if (type === undefined) throw new Failure('--type: say what it is for, as database, cache or web; a tenant has one service of each type');
  const body = { name, type, config, ...(description !== undefined && { description }) };
  const service = await bodyOf(api.POST('/api/v1/services', { body, headers: { 'Idempotency-Key': randomUUID() } }));
  if (format === 'json') printJson(service);
  else printLines(servicePage(service));
}

interface WaitOptions extends NamingOptions {
  readonly wait: boolean;
}

async function update(given: string, args: readonly string[], { wait, ...options }: WaitOptions & ConfigOptions): Promise<void> {
  if (!saysConfig(args, options)) throw new Failure('say what is to change, as --image or --set NAME=value, or give a file with --file');
  const { api, format } = connect(options);
  const params = await named(api, given, options);
  const { config: present } = await bodyOf(api.GET('/api/v1/services/{id}', { params }));
  const body = { config: (await configured(api, present, args, options)).config };
  const change = async () => await bodyOf(api.PUT('/api/v1/services/{id}', { params, body, headers: { 'Idempotency-Key': randomUUID() } }));
  const changed = await rolledOut(api, { params, given }, wait, change);
  if (format === 'json') printJson(changed);
  else await show(params.path.id, { ...options, id: true, name: false });
}

interface PullOptions extends NamingOptions {
  readonly pull?: true;
}

function pulling(pull: true | undefined): { query?: { pull: boolean } } {
  return pull === true ? { query: { pull } } : {};
}

async function start(given: string, { wait, pull, ...options }: WaitOptions & PullOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = { ...(await named(api, given, options)), ...pulling(pull) };
  const begin = async () => await bodyOf(api.POST('/api/v1/services/{id}/start', { params, headers: { 'Idempotency-Key': randomUUID() } }));
  const begun = await rolledOut(api, { params, given }, wait, begin);
  if (format === 'json') printJson(begun);
  else await show(params.path.id, { ...options, id: true, name: false });
}

async function rollBack(given: string, version: string, { wait, ...options }: WaitOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = await named(api, given, options);
  const body = { version: wholeNumber(version, 'version') };
  const goBack = async () => await bodyOf(api.POST('/api/v1/services/{id}/rollback', { params, body, headers: { 'Idempotency-Key': randomUUID() } }));
  const said = await rolledOut(api, { params, given }, wait, goBack);
  if (format === 'json') printJson(said);
  else printFields([['Message', said.message]]);
}

async function stop(given: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = await named(api, given, options);
  const said = await bodyOf(api.POST('/api/v1/services/{id}/stop', { params, headers: { 'Idempotency-Key': randomUUID() } }));
  if (format === 'json') printJson(said);
  else printFields([['Message', said.message]]);
}

async function restart(given: string, { pull, ...options }: PullOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = { ...(await named(api, given, options)), ...pulling(pull) };
  const said = await bodyOf(api.POST('/api/v1/services/{id}/restart', { params, headers: { 'Idempotency-Key': randomUUID() } }));
  if (format === 'json') printJson(said);
  else printFields([['Message', said.message]]);
}

async function erase(given: string, { yes, volumes, ...options }: NamingOptions & { readonly yes?: true; readonly volumes?: true }): Promise<void> {
  const { api, format } = connect(options);
  const params = await named(api, given, options);
  const all = volumes === true ? ' and all that is in its volumes' : '';
  if (yes !== true) await confirm(`Delete the service ${given}${all}?`, 'say --yes');
  const query = volumes === true ? { volumes } : {};
  const kept = volumes === true ? [] : await volumesOf(api, params);
  const said = await bodyOf(api.DELETE('/api/v1/services/{id}', { params: { ...params, query } }));
  if (format === 'json') printJson(said);
  else printFields([['Message', said.message], ...kept.map((volume) => ['Kept', `${volume}: muster volume list`] as const)]);
}

async function volumesOf(api: Api, { path }: Named): Promise<string[]> {
  const { volumes } = await bodyOf(api.GET('/api/v1/volumes', {}));
  return volumes.filter(({ service_id: service }) => service === path.id).map(volumeName);
}

async function deployments(given: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await bodyOf(api.GET('/api/v1/services/{id}/deployments', { params: await named(api, given, options) }));
  if (format === 'json') printJson(body);
  else printLines(deploymentTable(body));
}

async function versions(given: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await bodyOf(api.GET('/api/v1/services/{id}/versions', { params: await named(api, given, options) }));
  if (format === 'json') printJson(body);
  else printLines(versionTable(body));
}

async function endpoints(given: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const service = await bodyOf(api.GET('/api/v1/services/{id}', { params: await named(api, given, options) }));
  if (format === 'json') printJson(service.endpoints ?? []);
  else printLines(endpointTable(service));
}

interface LogOptions extends NamingOptions, StreamOptions {
  readonly tail?: string;
  readonly search?: string;
  readonly since?: string;
  readonly deployment?: string;
  readonly all?: true;
  readonly follow?: true;
}

async function logs(given: string, { stream, tail, search, since, deployment, all, follow, ...options }: LogOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = await named(api, given, options);
  const asked = {
    ...(stream !== undefined && { stream }),
    ...(tail !== undefined && { tail: wholeNumber(tail, '--tail') }),
    ...(search !== undefined && { search }),
    ...(since !== undefined && { since: new Date(timeOf(since)).toISOString() }),
    ...(deployment !== undefined && { deployment: wholeNumber(deployment, '--deployment') }),
  };
  if (follow === true || all === true) {
    const request = { params: { ...params, query: asked }, parseAs: 'stream' } as const;
    if (follow === true) for await (const line of followedLines(textOf(api.GET('/api/v1/services/{id}/logs/follow', request)))) await printPiece(`${line}\n`);
    else for await (const piece of textOf(api.GET('/api/v1/services/{id}/logs/download', request))) await printPiece(piece);
    return;
  }
  const body = await bodyOf(api.GET('/api/v1/services/{id}/logs', { params: { ...params, query: asked } }));
  if (format === 'json') printJson(body);
  else if (body.logs.length > 0) printLines(body.logs);
  else warnLine('There is nothing: no instance has written such lines.');
}
