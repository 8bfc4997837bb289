import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { readdir, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAX_RESULT_BYTES } from '#domain/drivers/index.js';
import { buildResult, type BuildResult, type CondaBuild } from '#domain/drivers/conda/index.js';
import { textOf } from '../../platform/files/file-text.js';
import { makeFolder, PASSABLE, PRIVATE } from '../../platform/files/folder.js';
import type { HostUser } from '../../platform/passwd.js';
import type { TenantUsers } from '../../users/tenant-users.js';
import {
  TaskStartError,
  type DriverHost,
  type StartedTask,
  type TaskExit,
  type TaskSpec,
} from '../driver.js';
import type { AgentSettings } from '../../settings.js';
import { checkStart, type ExecDriver, type ExecTask } from '../exec/index.js';
import { endpointsOfUrl, endpointText } from '../http/index.js';
import { CREDENTIALS, type BuildRequest } from './build-request.js';
import { FollowedTask } from './followed-task.js';
import type { DetectedBackEnd } from './back-end-detection.js';
import { BUILD_ID, buildId, GenerationStore } from './generations/store.js';
import { channelUrl, condaPlatform } from './settings.js';

const BUILDER = fileURLToPath(new URL('./builder.js', import.meta.url));

export interface AsWhom {
  readonly user?: string | undefined;
  readonly tenant?: string | undefined;
}

export interface BuildsOptions {
  readonly processes: ExecDriver;
  readonly users: Pick<TenantUsers, 'userOf' | 'separation' | 'mayStart'>;
  readonly settings: Pick<AgentSettings, 'conda' | 'httpAllow'>;
  readonly ownParts: DriverHost['ownParts'];
  readonly root: string;
}

export type BuildWanted = Pick<CondaBuild, 'specs' | 'pip' | 'channels' | 'base' | 'lock' | 'plan'> & {
  readonly hash?: string;
};

/** Runs builders as processes that outlive the agent, and cleans up after them. */
export class Builds {
  constructor(private readonly options: BuildsOptions) {}

  get root(): string {
    return this.options.root;
  }

  storeOf({ user, tenant }: AsWhom): GenerationStore {
    return GenerationStore.of(
      this.options.root,
      tenant === undefined ? `user ${user ?? ''}` : `tenant ${tenant}`,
    );
  }

  async start(spec: TaskSpec<AsWhom>, wanted: BuildWanted, backEnd: DetectedBackEnd): Promise<StartedTask> {
    const before = await this.adopt(spec, false);
    if (before !== undefined) return before;
    const { processes, users } = this.options;
    const { conda: settings } = this.options.settings;
    checkStart(spec.config, users);
    for (const folder of [path.dirname(spec.directory), spec.directory]) makeFolder(folder, PASSABLE);
    const file = path.join(spec.directory, 'build-request.json');
    const request = await this.#request(spec, wanted, backEnd);
    writeFileSync(file, JSON.stringify(request), { mode: 0o600 });
    const env = {
      ...settings.environment,
      ...(settings.credentials !== undefined && { [CREDENTIALS]: settings.credentials }),
    };
    const config = { command: process.execPath, args: [BUILDER, file] };
    const builder = { ...spec, config, task: { ...spec.task, env } };
    return this.#followed(
      spec,
      await (spec.config.tenant === undefined
        ? processes.start(builder)
        : processes.startApart(builder, this.#filesNeeded(backEnd))),
    );
  }

  /** Returns the files of the builder and its tools that must remain visible, even in directories that are hidden from tenants' processes. */
  #filesNeeded({ program, uv }: DetectedBackEnd): string[] {
    const { channels, pipIndex, environment } = this.options.settings.conda;
    const sources = [...channels.map(channelUrl), ...(pipIndex === undefined ? [] : [pipIndex])];
    const folders = sources.flatMap((source) => (source.startsWith('file:') ? [fileURLToPath(source)] : []));
    const programs = [process.execPath, BUILDER, program, ...(uv === undefined ? [] : [uv])].flatMap(
      (file) => [file, realpathSync(file)],
    );
    return [...programs, ...folders, ...Object.values(environment).flatMap((value) => value.split(':'))];
  }

  async adopt(spec: TaskSpec<AsWhom>, abandon: boolean): Promise<StartedTask | undefined> {
    const task = await this.options.processes.adopt({ ...spec, config: {} }, abandon);
    return task === undefined ? undefined : this.#followed(spec, task);
  }

  async clean(isKnown: (allocationId: string) => boolean): Promise<void> {
    for (const name of await readdir(this.options.root).catch(() => [])) {
      const store = new GenerationStore(path.join(this.options.root, name));
      const names = await readdir(store.folder);
      const links = await linksIn(store);
      const working = await readdir(path.join(store.folder, 'work')).catch(() => []);
      for (const id of working) if (!isKnown(allocationOf(store.work(id)))) await discard(store, id);
      const left = new Set(await readdir(path.join(store.folder, 'work')).catch(() => []));
      for (const id of names.filter(
        (each) => BUILD_ID.test(each) && !links.includes(each) && !left.has(each),
      ))
        await remove(store.prefix(id));
    }
  }

  #followed(spec: TaskSpec<AsWhom>, task: ExecTask): StartedTask {
    const store = this.storeOf(spec.config);
    const id = idOf(spec);
    if (spec.config.tenant !== undefined)
      this.options.processes.limitDisk(task, [store.work(id), store.prefix(id)], 'its build');
    return new FollowedTask(task, async (exit): Promise<TaskExit> => {
      await discard(store, id).catch(() => undefined);
      const result = readResult(resultOf(spec));
      return result === undefined ? exit : { ...exit, result };
    });
  }

  async #request(
    spec: TaskSpec<AsWhom>,
    wanted: BuildWanted,
    backEnd: DetectedBackEnd,
  ): Promise<BuildRequest> {
    const { users, root, ownParts } = this.options;
    const { conda: settings, httpAllow = '' } = this.options.settings;
    const { tenant } = spec.config;
    const store = this.storeOf(spec.config);
    // If all processes run as the agent's own user, no other user needs access.
    const outer = users.separation === 'shared' ? PRIVATE : PASSABLE;
    for (const folder of [root, store.folder]) makeFolder(folder, outer);
    await store.prepare();
    const id = idOf(spec);
    const separate = tenant !== undefined && users.separation === 'separate';
    for (const folder of [path.dirname(store.work(id)), store.work(id)])
      makeFolder(folder, separate ? PASSABLE : PRIVATE);
    for (const folder of [store.files, store.locks]) chmodSync(folder, PRIVATE);
    writeFileSync(path.join(store.work(id), 'allocation'), spec.allocationId);
    const [finder, owner, reader, sharer] =
      tenant === undefined ? [] : await this.#usersOf(tenant, reserveBuildSlot(store, id));
    closePackages(store.packages, sharer?.gid);
    return {
      store: store.folder,
      id,
      allocationId: spec.allocationId,
      backend: backEnd.name,
      program: backEnd.program,
      ...(backEnd.uv !== undefined && { uv: backEnd.uv }),
      platform: condaPlatform(),
      specs: [...wanted.specs],
      pip: [...wanted.pip],
      channels: this.channels(wanted.lock?.channels ?? wanted.channels),
      ...(wanted.hash !== undefined && { hash: wanted.hash }),
      ...(wanted.base !== undefined && { base: wanted.base }),
      ...(wanted.lock !== undefined && { lock: wanted.lock }),
      plan: wanted.plan === true,
      ...(finder !== undefined && { finder }),
      ...(owner !== undefined && { owner }),
      ...(reader !== undefined && { reader: reader.gid }),
      ...(sharer !== undefined && { sharer: sharer.gid }),
      ...(settings.pipIndex !== undefined && { pipIndex: settings.pipIndex }),
      calls: { allowed: httpAllow, own: ownParts().flatMap(endpointsOfUrl).map(endpointText) },
      limitSeconds: settings.buildSeconds,
      variables: Object.keys(settings.environment),
      result: resultOf(spec),
    };
  }

  /**
   * Users of a tenant: one that only finds packages, one per concurrent build that installs packages and may run package code, one for runs, and one
   * whose group gives installers access to shared packages. This way, package code and runs cannot modify a build in progress or a later build, and
   * other tenants cannot see the packages.
   */
  async #usersOf(tenant: string, seat: number): Promise<(HostUser | undefined)[]> {
    const { users } = this.options;
    return await Promise.all(
      [
        `\u0001finds for ${tenant}`,
        `\u0001builds ${seat} of ${tenant}`,
        tenant,
        `\u0001shares packages of ${tenant}`,
      ].map(async (name) => await users.userOf(name)),
    );
  }

  channels(asked: readonly string[]): string[] {
    const allowed = this.options.settings.conda.channels.map(channelUrl);
    const wanted = asked.map(channelUrl);
    const refused = asked.filter((_, index) => !allowed.includes(wanted[index] ?? ''));
    if (refused.length > 0)
      throw new TaskStartError(
        `${refused.length === 1 ? 'channel' : 'channels'} ${refused.join(', ')} not allowed on this node (MUSTER_CONDA_CHANNELS: ${this.options.settings.conda.channels.join(', ')})`,
      );
    return wanted.length > 0 ? wanted : allowed;
  }
}

function idOf(spec: TaskSpec): string {
  return buildId(spec.allocationId, spec.task.name, path.basename(spec.directory));
}

function resultOf(spec: TaskSpec): string {
  return path.join(spec.directory, 'build-result.json');
}

function readResult(file: string): BuildResult | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  return text.length > MAX_RESULT_BYTES ? undefined : buildResult.safeParse(JSON.parse(text)).data;
}

/** Gives only this group access to packages by name. If there is no group, the agent's own user installs and no other user needs access. */
function closePackages(folder: string, group: number | undefined): void {
  if (group !== undefined) chownSync(folder, 0, group);
  chmodSync(folder, group === undefined ? PRIVATE : 0o710);
}

/** Reserves the lowest number that no other build of the tenant uses on this node. Synchronous, so the number is unique. */
function reserveBuildSlot(store: GenerationStore, id: string): number {
  const work = path.dirname(store.work(id));
  const taken = readdirSync(work)
    .filter((each) => each !== id)
    .map((each) => textOf(path.join(work, each, 'seat')));
  let seat = 0;
  while (taken.includes(String(seat))) seat += 1;
  writeFileSync(path.join(store.work(id), 'seat'), String(seat));
  return seat;
}

function allocationOf(work: string): string {
  return textOf(path.join(work, 'allocation')) ?? '';
}

async function discard(store: GenerationStore, id: string): Promise<void> {
  if (!(await linksIn(store)).includes(id)) await remove(store.prefix(id));
  await remove(store.work(id));
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function linksIn(store: GenerationStore): Promise<string[]> {
  const names = await readdir(store.folder);
  const found = await Promise.all(
    names.map((name) => readlink(path.join(store.folder, name)).catch(() => undefined)),
  );
  return found.filter((each) => each !== undefined);
}
