import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { bodyOf, type Api, type Services } from '../shared/client.js';
import { confirm } from '../shared/confirm.js';
import { Failure } from '../shared/failure.js';
import {
  lineTimeOptions,
  lineTimeQuery,
  printLog,
  streamOptions,
  type LineTimeOptions,
  type StreamOptions,
} from '../shared/log-stream.js';
import { connect, remote, remoteNamed, remoteReadNamed, type NamingOptions } from '../shared/options.js';
import { printFields, printJson, printLines, warnLine } from '../shared/output.js';
import { firstPage, isTable, connectList, printList, remoteList, type ListOptions } from '../shared/list.js';
import { deploymentTable, endpointTable, serviceList, servicePage, versionTable } from './service-view.js';
import { volumeName } from './volume-view.js';
import { wholeNumber } from '../shared/whole-number.js';
import { allTenantsQuery, findService, type AllTenants, type ServiceParams } from './find-service.js';
import { buildConfig, changesConfig, addConfigOptions, type ConfigOptions } from './service-config.js';
import { addServiceEventsCommand } from './service-events.js';
import { addServiceMetricsCommand } from './service-metrics.js';
import type { PreviewOptions } from './service-preview.js';
import { newestDeployment, waitForDeployment } from './service-rollout.js';
import { addServiceRotateCommand } from './service-rotate.js';
import { addServiceTemplateCommands } from './service-template.js';

const PULL =
  'pull the image again; otherwise a version keeps the image that it first ran, even if its tag has moved';

const UNSET = 'remove environment variables, or values for {{NAME}}, from the config';
const FORCE =
  'stop an instance that uses a volume even if there is no room for the new version, and accept values that were changed in the program itself';

export function addServiceCommands(program: Command): void {
  const service = program
    .command('service')
    .description(
      'manage long-running services of your tenant (log in first); refer to a service by its name, its id, or a unique prefix of either',
    );
  remoteList(service.command('list'), serviceList())
    .description('list services')
    .option('--all-tenants', 'services of all tenants (administrators and auditors)')
    .action(list);
  remoteReadNamed(service.command('show <service>'))
    .description('show a service: its state, its addresses, and why it failed')
    .action(show);
  remote(addConfigOptions(service.command('create <name>')))
    .description('create a stopped service from a template, an image, or a file')
    .option(
      '--type <type>',
      'service type; a tenant can have only one service of each type (default: the type from the template)',
    )
    .option('--description <text>', 'description of the service')
    .action(create);
  remoteNamed(addConfigOptions(service.command('update <service>')))
    .description('change the config of a service with options or a file; a running service is redeployed')
    .option('--unset <NAME...>', UNSET)
    .option('--description <text>', 'new description of the service; empty to remove it')
    .option('--force', FORCE)
    .option('--no-wait', 'do not wait for the deployment to end')
    .action(update);
  remoteNamed(service.command('start <service>'))
    .description('start a service and wait for the deployment to end')
    .option('--pull', PULL)
    .option('--no-wait', 'do not wait for the deployment to end')
    .action(start);
  remoteNamed(service.command('stop <service>')).description('stop a service').action(stop);
  remoteNamed(service.command('restart <service>'))
    .description('restart a service')
    .option('--pull', PULL)
    .action(restart);
  remoteNamed(addConfigOptions(service.command('preview <service>')))
    .description(
      'show what "service update" would do with the same options, or "service start" without any, without doing it',
    )
    .option('--unset <NAME...>', UNSET)
    .option('--upgrade', 'use the template as it is now, as "service upgrade" would')
    .option('--version <number>', 'go back to this version, as "service rollback" would')
    .option('--force', 'as --force of "service update" would, accept other values than those in the volume')
    .option('--limit <count>', 'maximum number of nodes, placements and stops shown', '20')
    .action(async (given: string, args: readonly string[], options: PreviewOptions) => {
      const { previewService } = await import('./service-preview.js');
      await previewService(given, args, options);
    });
  remoteNamed(service.command('rollback <service> <version>'))
    .description('roll back a service to a version; preview it with service preview --version')
    .option('--force', FORCE)
    .option('--no-wait', 'do not wait for the deployment to end')
    .action(rollBack);
  remoteNamed(service.command('upgrade <service>'))
    .description(
      'adopt the template of a service as it is now; preview it with service preview --upgrade. Updates keep the template as it was',
    )
    .option('--force', FORCE)
    .option('--no-wait', 'do not wait for the deployment to end')
    .action(upgrade);
  addServiceRotateCommand(service);
  remoteNamed(service.command('delete <service>'))
    .description('delete a service; its volumes are kept')
    .option('--volumes', 'also delete its volumes and everything in them')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(erase);
  remoteReadNamed(service.command('deployments <service>'))
    .description('list the deployments of a service')
    .action(deployments);
  remoteReadNamed(service.command('versions <service>'))
    .description('list the versions of a service and their changes')
    .action(versions);
  remoteReadNamed(service.command('endpoints <service>'))
    .description('list the addresses of a service')
    .action(endpoints);
  lineTimeOptions(streamOptions(remoteNamed(service.command('logs <service>'))))
    .description('print the logs of a service')
    .option('-n, --tail <lines>', "number of lines to show from the end of each instance's log")
    .option('--search <text>', 'only lines that contain this string')
    .option(
      '--deployment <number>',
      'only instances of this deployment, even if it failed and another one is running',
    )
    .option('--all', 'all stored lines, not only the last 1000 per instance')
    .option(
      '-f, --follow',
      'follow the logs of all instances, and of those that start later, until the service has ended',
    )
    .action(logs);
  addServiceEventsCommand(service);
  addServiceMetricsCommand(service);
  addServiceTemplateCommands(service);
}

async function list(options: ListOptions & AllTenants): Promise<void> {
  const api = connectList(options);
  const params = { query: { ...firstPage(options), ...allTenantsQuery(options) } };
  const { services } = await bodyOf(api.GET('/api/v1/services', { params }));
  const view = serviceList(isTable(options) ? await waitsOf(api, services) : undefined);
  await printList(view, options, services, (shown) => ({ services: shown, total: shown.length }));
}

/**
 * Returns what unfinished deployments are waiting for, by service id. The list of services does not include this. Only a few services of a tenant are
 * deployed at the same time, so one request per service is acceptable.
 */
async function waitsOf(
  api: Api,
  services: Services['ServiceList']['services'],
): Promise<ReadonlyMap<string, string>> {
  const waits = new Map<string, string>();
  for (const {
    id,
    deployments: [newest],
  } of services) {
    if (newest?.status !== 'pending' && newest?.status !== 'running') continue;
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
  const params = await findService(api, given, options);
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

async function create(
  name: string,
  args: readonly string[],
  { description, ...options }: CreateOptions,
): Promise<void> {
  const { api, format } = connect(options);
  const { config, type: ofTemplate } = await buildConfig(api, {}, args, options);
  const type = options.type ?? ofTemplate;
  if (type === undefined)
    throw new Failure(
      '--type is missing: for example database, cache or web; a tenant can have only one service of each type',
    );
  const body = { name, type, config, ...(description !== undefined && { description }) };
  const service = await bodyOf(
    api.POST('/api/v1/services', { body, headers: { 'Idempotency-Key': randomUUID() } }),
  );
  if (format === 'json') printJson(service);
  else printLines(servicePage(service));
}

interface WaitOptions extends NamingOptions {
  readonly wait: boolean;
}

interface ForceOptions {
  readonly force?: true;
}

function forcing({ force }: ForceOptions): { query?: { force: boolean } } {
  return force === true ? { query: { force } } : {};
}

async function update(
  given: string,
  args: readonly string[],
  {
    wait,
    description,
    ...options
  }: WaitOptions & ConfigOptions & ForceOptions & { readonly description?: string },
): Promise<void> {
  const isConfigured = changesConfig(args, options);
  if (!isConfigured && description === undefined)
    throw new Failure(
      'nothing to change: pass options such as --image or --set NAME=value, or a file with --file',
    );
  const { api, format } = connect(options);
  const params = await findService(api, given, options);
  const { config: present } = await bodyOf(api.GET('/api/v1/services/{id}', { params }));
  const body = {
    ...(description !== undefined &&
      (description === '' ? { clear: ['description' as const] } : { description })),
    ...(isConfigured && { config: (await buildConfig(api, present, args, options)).config }),
  };
  const change = async () =>
    await bodyOf(
      api.PUT('/api/v1/services/{id}', {
        params: { ...params, ...forcing(options) },
        body,
        headers: { 'Idempotency-Key': randomUUID() },
      }),
    );
  const changed = await waitForDeployment(api, { params, given }, wait, change);
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
  const params = { ...(await findService(api, given, options)), ...pulling(pull) };
  const begin = async () =>
    await bodyOf(
      api.POST('/api/v1/services/{id}/start', { params, headers: { 'Idempotency-Key': randomUUID() } }),
    );
  const begun = await waitForDeployment(api, { params, given }, wait, begin);
  if (format === 'json') printJson(begun);
  else await show(params.path.id, { ...options, id: true, name: false });
}

async function rollBack(
  given: string,
  version: string,
  { wait, ...options }: WaitOptions & ForceOptions,
): Promise<void> {
  const { api, format } = connect(options);
  const params = await findService(api, given, options);
  const body = { version: wholeNumber(version, 'version') };
  const goBack = async () =>
    await bodyOf(
      api.POST('/api/v1/services/{id}/rollback', {
        params: { ...params, ...forcing(options) },
        body,
        headers: { 'Idempotency-Key': randomUUID() },
      }),
    );
  const said = await waitForDeployment(api, { params, given }, wait, goBack);
  if (format === 'json') printJson(said);
  else printFields([['Message', said.message]]);
}

async function upgrade(given: string, { wait, ...options }: WaitOptions & ForceOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = await findService(api, given, options);
  const change = async () =>
    await bodyOf(
      api.POST('/api/v1/services/{id}/upgrade', {
        params: { ...params, ...forcing(options) },
        headers: { 'Idempotency-Key': randomUUID() },
      }),
    );
  const said = await waitForDeployment(api, { params, given }, wait, change);
  if (format === 'json') printJson(said);
  else printFields([['Message', said.message]]);
}

async function stop(given: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = await findService(api, given, options);
  const said = await bodyOf(
    api.POST('/api/v1/services/{id}/stop', { params, headers: { 'Idempotency-Key': randomUUID() } }),
  );
  if (format === 'json') printJson(said);
  else printFields([['Message', said.message]]);
}

async function restart(given: string, { pull, ...options }: PullOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = { ...(await findService(api, given, options)), ...pulling(pull) };
  const said = await bodyOf(
    api.POST('/api/v1/services/{id}/restart', { params, headers: { 'Idempotency-Key': randomUUID() } }),
  );
  if (format === 'json') printJson(said);
  else printFields([['Message', said.message]]);
}

async function erase(
  given: string,
  { yes, volumes, ...options }: NamingOptions & { readonly yes?: true; readonly volumes?: true },
): Promise<void> {
  const { api, format } = connect(options);
  const params = await findService(api, given, options);
  const all = volumes === true ? ' and everything in its volumes' : '';
  if (yes !== true) await confirm(`Delete the service ${given}${all}?`, 'pass --yes');
  const query = volumes === true ? { volumes } : {};
  const kept = volumes === true ? [] : await volumesOf(api, params);
  const said = await bodyOf(api.DELETE('/api/v1/services/{id}', { params: { ...params, query } }));
  if (format === 'json') printJson(said);
  else
    printFields([
      ['Message', said.message],
      ...kept.map((volume) => ['Kept', `${volume}: muster volume list`] as const),
    ]);
}

async function volumesOf(api: Api, { path }: ServiceParams): Promise<string[]> {
  const { volumes } = await bodyOf(api.GET('/api/v1/volumes', {}));
  return volumes.filter(({ service_id: service }) => service === path.id).map(volumeName);
}

async function deployments(given: string, options: NamingOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const body = await bodyOf(
    api.GET('/api/v1/services/{id}/deployments', { params: await findService(api, given, options) }),
  );
  if (format === 'json') printJson(body);
  else printLines(deploymentTable(body, look));
}

async function versions(given: string, options: NamingOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const body = await bodyOf(
    api.GET('/api/v1/services/{id}/versions', { params: await findService(api, given, options) }),
  );
  if (format === 'json') printJson(body);
  else printLines(versionTable(body, look));
}

async function endpoints(given: string, options: NamingOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const service = await bodyOf(
    api.GET('/api/v1/services/{id}', { params: await findService(api, given, options) }),
  );
  if (format === 'json') printJson(service.endpoints ?? []);
  else printLines(endpointTable(service, look));
}

interface LogOptions extends NamingOptions, StreamOptions, LineTimeOptions {
  readonly tail?: string;
  readonly search?: string;
  readonly deployment?: string;
  readonly all?: true;
  readonly follow?: true;
}

async function logs(
  given: string,
  { stream, tail, search, deployment, all, follow, ...options }: LogOptions,
): Promise<void> {
  const { api, format } = connect(options);
  const params = await findService(api, given, options);
  const asked = {
    ...(stream !== undefined && { stream }),
    ...(tail !== undefined && { tail: wholeNumber(tail, '--tail') }),
    ...(search !== undefined && { search }),
    ...lineTimeQuery(options, format === 'json' && (follow === true || all === true)),
    ...(deployment !== undefined && { deployment: wholeNumber(deployment, '--deployment') }),
  };
  if (follow === true || all === true) {
    const where = { service_id: params.path.id };
    const prefixed = follow === true && format === 'json';
    const query = { ...asked, ...(prefixed && { prefix: true }) };
    const answer =
      follow === true
        ? api.GET('/api/v1/services/{id}/logs/follow', { params: { ...params, query }, parseAs: 'stream' })
        : api.GET('/api/v1/services/{id}/logs/download', {
            params: { ...params, query: asked },
            parseAs: 'stream',
          });
    await printLog(answer, { follow: follow === true, format, where, prefixed });
    return;
  }
  const body = await bodyOf(api.GET('/api/v1/services/{id}/logs', { params: { ...params, query: asked } }));
  if (format === 'json') printJson(body);
  else if (body.logs.length > 0) printLines(body.logs);
  else warnLine('No matching log lines.');
}
