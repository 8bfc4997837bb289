import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { systemClock } from '#agents/clock/system-clock.js';
import { bodyOf, textOf, type Api, type Services } from '../client.js';
import { confirm } from '../confirm.js';
import { Failure } from '../failure.js';
import { followedLines } from '../followed-lines.js';
import { volumeNamed } from '../named-volume.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printFields, printJson, printLines } from '../output.js';
import { timeOf } from '../since.js';
import { readStructured } from '../structured-file.js';
import { deploymentTable, endpointTable, servicePage, serviceTable, versionTable } from '../views/service.js';
import { wholeNumber } from '../whole-number.js';
import { assignment } from '../assignment.js';
import { named, type Named } from './named-service.js';
import { addServiceEventsCommand } from './service-events.js';
import { addServiceMetricsCommand } from './service-metrics.js';
import type { PreviewOptions } from './service-preview.js';
import { addServiceTemplateCommands } from './service-template.js';

/** Milliseconds between two looks at a deployment that goes on. */
const AGAIN_MS = 500;

/** `muster service …` */
export function addServiceCommands(program: Command): void {
  const service = program
    .command('service')
    .description('long-running services of your tenant (muster login); one is named by its name, its id, or an unambiguous beginning of one');
  remote(service.command('list')).description('which there are').action(list);
  remote(service.command('show <service>')).description('one service: how it is, where it is reached, and why it failed').action(show);
  remote(service.command('create <name>'))
    .description('make one, of a template, of an image, or of a file; it is stopped')
    .requiredOption('--type <type>', 'what it is for; a tenant has one of each type')
    .option('--template <name>', 'a template: muster service template list')
    .option('--set <NAME=value...>', 'variables of the template')
    .option('--image <image>', 'an image of Docker')
    .option('-p, --port <port...>', 'ports of the container')
    .option('-e, --env <NAME=value...>', 'environment of the container')
    .option('--attach <NAME=volume...>', 'kept volumes to have as NAME, at the path of the template or, as volume:/path, at another: muster volume list')
    .option('-f, --file <file>', 'its config, as JSON or YAML (- for standard input); options count on top')
    .option('--description <text>', 'what it is')
    .action(create);
  remote(service.command('update <service>'))
    .description('give it another config, whole; a running one is rolled over to it')
    .requiredOption('-f, --file <file>', 'the config, as JSON or YAML (- for standard input)')
    .option('--no-wait', 'do not wait for the deployment')
    .action(update);
  remote(service.command('start <service>')).description('begin a deployment, and wait for its end').option('--no-wait', 'do not wait').action(start);
  remote(service.command('stop <service>')).description('end its instances').action(order('stop'));
  remote(service.command('restart <service>')).description('end its instances and begin them again').action(order('restart'));
  remote(service.command('preview <service>'))
    .description('say what update would do with a file, or start without one: what differs, what an instance would be, and where it would go; nothing is done')
    .option('-f, --file <file>', 'the config, as JSON or YAML (- for standard input)')
    .option('--limit <count>', 'at most so many nodes, placements and stops', '20')
    .action(async (given: string, options: PreviewOptions) => {
      const { previewService } = await import('./service-preview.js');
      await previewService(given, options);
    });
  remote(service.command('rollback <service> <version>')).description('go back to a version').option('--no-wait', 'do not wait').action(rollBack);
  remote(service.command('delete <service>'))
    .description('delete it; its volumes are kept')
    .option('--volumes', 'delete its volumes as well, with all that is in them')
    .option('-y, --yes', 'do not ask')
    .action(erase);
  remote(service.command('deployments <service>')).description('what was deployed, and how it ended').action(deployments);
  remote(service.command('versions <service>')).description('what it was, and what changed').action(versions);
  remote(service.command('endpoints <service>')).description('where its ports are reached').action(endpoints);
  remote(service.command('logs <service>'))
    .description('what its instances write')
    .option('-n, --tail <lines>', 'the last so many lines of each')
    .option('--search <text>', 'only lines that hold it')
    .option('--since <time>', 'only what was written since: a time, or how long ago, as 10m')
    .option('--all', 'all that is kept, not only the last 1000 lines of each')
    .option('-f, --follow', 'go on as more is written, of its first instance')
    .action(logs);
  addServiceEventsCommand(service);
  addServiceMetricsCommand(service);
  addServiceTemplateCommands(service);
}

async function list(options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await bodyOf(api.GET('/api/v1/services', {}));
  if (format === 'json') printJson(body);
  else printLines(serviceTable(body));
}

async function show(given: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const service = await bodyOf(api.GET('/api/v1/services/{id}', { params: await named(api, given) }));
  if (format === 'json') printJson(service);
  else printLines(servicePage(service));
}

interface CreateOptions extends RemoteOptions {
  readonly type: string;
  readonly template?: string;
  readonly set?: string[];
  readonly image?: string;
  readonly port?: string[];
  readonly env?: string[];
  readonly attach?: string[];
  readonly file?: string;
  readonly description?: string;
}

async function create(name: string, { type, template, set, image, port, env, attach, file, description, ...options }: CreateOptions): Promise<void> {
  const { api, format } = connect(options);
  // The server judges what the file says.
  const config: Services['ServiceConfigInput'] = {
    ...(file !== undefined && ((await readStructured(file)) as Services['ServiceConfigInput'])),
    ...(template !== undefined && { nomad_job_file: `${template}.nomad` }),
    ...(set !== undefined && { custom_variables: Object.fromEntries(set.map(assignment)) }),
    ...(image !== undefined && { image }),
    ...(port !== undefined && { ports: port.map((each) => wholeNumber(each, '--port')) }),
    ...(env !== undefined && { environment: Object.fromEntries(env.map(assignment)) }),
    ...(attach !== undefined && { volumes: await Promise.all(attach.map(async (each) => await attached(api, each))) }),
  };
  const body = { name, type, config, ...(description !== undefined && { description }) };
  const service = await bodyOf(api.POST('/api/v1/services', { body, headers: { 'Idempotency-Key': randomUUID() } }));
  if (format === 'json') printJson(service);
  else printLines(servicePage(service));
}

/** `NAME=volume` or `NAME=volume:/path`. */
async function attached(api: Api, text: string): Promise<{ name: string; from: string; path?: string }> {
  const [name, given] = assignment(text);
  const [, volume = given, path] = /^(.+):(\/.*)$/.exec(given) ?? [];
  return { name, from: await volumeNamed(api, volume), ...(path !== undefined && { path }) };
}

interface WaitOptions extends RemoteOptions {
  readonly wait: boolean;
}

async function update(given: string, { file, wait, ...options }: WaitOptions & { readonly file: string }): Promise<void> {
  const { api, format } = connect(options);
  const params = await named(api, given);
  const body = { config: (await readStructured(file)) as Services['ServiceConfigInput'] };
  const change = async () => await bodyOf(api.PUT('/api/v1/services/{id}', { params, body, headers: { 'Idempotency-Key': randomUUID() } }));
  const changed = await rolledOut(api, params, wait, change);
  if (format === 'json') printJson(changed);
  else await show(params.path.id, options);
}

async function start(given: string, { wait, ...options }: WaitOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = await named(api, given);
  const begin = async () => await bodyOf(api.POST('/api/v1/services/{id}/start', { params, headers: { 'Idempotency-Key': randomUUID() } }));
  const begun = await rolledOut(api, params, wait, begin);
  if (format === 'json') printJson(begun);
  else await show(params.path.id, options);
}

async function rollBack(given: string, version: string, { wait, ...options }: WaitOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = await named(api, given);
  const body = { version: wholeNumber(version, 'version') };
  const goBack = async () => await bodyOf(api.POST('/api/v1/services/{id}/rollback', { params, body, headers: { 'Idempotency-Key': randomUUID() } }));
  const said = await rolledOut(api, params, wait, goBack);
  if (format === 'json') printJson(said);
  else printFields([['Message', said.message]]);
}

function order(kind: 'stop' | 'restart') {
  return async (given: string, options: RemoteOptions): Promise<void> => {
    const { api, format } = connect(options);
    const params = await named(api, given);
    const said = await bodyOf(api.POST(`/api/v1/services/{id}/${kind}`, { params, headers: { 'Idempotency-Key': randomUUID() } }));
    if (format === 'json') printJson(said);
    else printFields([['Message', said.message]]);
  };
}

async function erase(given: string, { yes, volumes, ...options }: RemoteOptions & { readonly yes?: true; readonly volumes?: true }): Promise<void> {
  const { api, format } = connect(options);
  const params = await named(api, given);
  const all = volumes === true ? ' and all that is in its volumes' : '';
  if (yes !== true) await confirm(`Delete the service ${given}${all}?`, 'say --yes');
  const query = volumes === true ? { volumes: 'true' as const } : {};
  const said = await bodyOf(api.DELETE('/api/v1/services/{id}', { params: { ...params, query } }));
  if (format === 'json') printJson(said);
  else printFields([['Message', said.message]]);
}

async function deployments(given: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await bodyOf(api.GET('/api/v1/services/{id}/deployments', { params: await named(api, given) }));
  if (format === 'json') printJson(body);
  else printLines(deploymentTable(body));
}

async function versions(given: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await bodyOf(api.GET('/api/v1/services/{id}/versions', { params: await named(api, given) }));
  if (format === 'json') printJson(body);
  else printLines(versionTable(body));
}

async function endpoints(given: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const service = await bodyOf(api.GET('/api/v1/services/{id}', { params: await named(api, given) }));
  if (format === 'json') printJson(service.endpoints ?? []);
  else printLines(endpointTable(service));
}

interface LogOptions extends RemoteOptions {
  readonly tail?: string;
  readonly search?: string;
  readonly since?: string;
  readonly all?: true;
  readonly follow?: true;
}

async function logs(given: string, { tail, search, since, all, follow, ...options }: LogOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = await named(api, given);
  const asked = {
    ...(tail !== undefined && { tail: wholeNumber(tail, '--tail') }),
    ...(search !== undefined && { search }),
    ...(since !== undefined && { since: new Date(timeOf(since)).toISOString() }),
  };
  if (follow === true || all === true) {
    const query = { ...asked, ...(follow === true ? { follow: 'true' as const } : { download: 'true' as const }) };
    const text = textOf(api.GET('/api/v1/services/{id}/logs', { params: { ...params, query }, parseAs: 'stream' }));
    if (follow === true) for await (const line of followedLines(text)) process.stdout.write(`${line}\n`);
    else for await (const piece of text) process.stdout.write(piece);
    return;
  }
  const body = await bodyOf(api.GET('/api/v1/services/{id}/logs', { params: { ...params, query: asked } }));
  if (format === 'json') printJson(body);
  else printLines(body.logs);
}

/** Asks for something, and waits for the end of the deployment that it began, if it began one and `wait` says so. */
async function rolledOut<Said>(api: Api, params: Named, wait: boolean, ask: () => Promise<Said>): Promise<Said> {
  const before = await newestDeployment(api, params);
  const said = await ask();
  const begun = await newestDeployment(api, params);
  if (wait && begun !== undefined && begun.number !== before?.number) await ended(api, params, begun.number);
  return said;
}

type Deployment = Services['ServiceDeploymentList']['deployments'][number];

async function newestDeployment(api: Api, params: Named): Promise<Deployment | undefined> {
  return (await bodyOf(api.GET('/api/v1/services/{id}/deployments', { params: { ...params, query: { limit: 1 } } }))).deployments[0];
}

/** Says each step once, on standard error, and throws a {@link Failure} where the deployment was not completed. */
async function ended(api: Api, params: Named, number: number): Promise<void> {
  const said = new Set<string>();
  const say = (text: string): void => {
    if (said.has(text)) return;
    said.add(text);
    process.stderr.write(`${text}\n`);
  };
  for (;;) {
    const { deployments: all } = await bodyOf(api.GET('/api/v1/services/{id}/deployments', { params }));
    const deployment = all.find((each) => each.number === number);
    if (deployment === undefined) return;
    const { steps, reason, status, waits_for: waits, completed_at: completed } = deployment;
    for (const [step, at] of Object.entries(steps)) if (at !== null) say(`${step.replace('_', ' ')} (${at})`);
    if (waits !== null) say(`waits: ${waits}`);
    if (completed === null) {
      await systemClock.sleep(AGAIN_MS);
      continue;
    }
    if (status !== 'completed') throw new Failure(`deployment ${number} ${status}: ${reason?.message ?? 'no reason is known'}`);
    return;
  }
}
