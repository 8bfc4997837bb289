import {
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import type { BuildResult, Lock } from '#domain/drivers/conda/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { endpointsOfUrl, OwnParts, parseEndpointList, Reach, systemResolve } from '../http/index.js';
import { activation } from './activation.js';
import { runActivationScripts } from './activation-scripts.js';
import type { BackEnd, Wanted } from './backends/back-end.js';
import { openBackEnd } from './backends/index.js';
import { CREDENTIALS, type BuildRequest } from './build-request.js';
import { lockDigest } from './digest.js';
import { Downloads } from './fetch/downloads.js';
import { credentialsFor, credentialsIn, sourcesOf, type Source } from './fetch/sources.js';
import { GenerationStore } from './generations/store.js';
import { seal } from './generations/seal.js';
import { Packages } from './packages.js';
import { withProgress } from './progress.js';
import { BuildError } from './tools/build-error.js';
import { credentialsOf, writeCredentials, type Credential } from './tools/credentials.js';
import { endProcessesOf } from './tools/end-processes.js';
import type { ToolUser } from './tools/tool.js';

const OWN_FOLDERS = ['home', 'tmp'];
const TOOL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

type Owner = NonNullable<BuildRequest['owner']>;

/** Only the tools run as the tenant's user. This process writes everything that outlives the build. */
export class Build {
  readonly #store: GenerationStore;
  readonly #work: string;
  readonly #prefix: string;
  readonly #packages: Packages;

  constructor(
    private readonly request: BuildRequest,
    private readonly clean: (text: string) => string,
    private readonly say: (line: string) => void,
    private readonly clock: Pick<Clock, 'monotonic' | 'now' | 'sleep'>,
  ) {
    this.#store = new GenerationStore(request.store);
    this.#work = this.#store.work(request.id);
    this.#prefix = this.#store.prefix(request.id);
    const at = (name: string): string => this.#folder(name);
    this.#packages = new Packages(
      { own: at('install/packages'), kept: at('kept'), shared: this.#store.packages },
      request.owner,
    );
  }

  async run(): Promise<BuildResult> {
    const { request } = this;
    if (request.lock !== undefined) {
      if (request.hash !== undefined && request.hash !== lockDigest(request.lock))
        throw new Error('the lock does not match the requested one');
      const there = await this.#there(request.lock, 0);
      if (there !== undefined) return there;
    }
    ownFolder(this.#packages.own, request.owner);
    ownFolder(this.#store.cache, request.finder);
    const installer = { ...this.#toolUser('install', request.owner), group: request.sharer };
    const sources = sourcesOf(request.channels, request.pipIndex);
    const credentials = credentialsFor(sources, [
      ...credentialsOf(process.env[CREDENTIALS]),
      ...credentialsIn(sources),
    ]);
    const given = this.#nodeVariables();
    const backEnd = await openBackEnd(request.backend, {
      program: request.program,
      uv: request.uv,
      platform: request.platform,
      finder: this.#finder(given, credentials),
      downloads: new Downloads({
        sources,
        credentials,
        reach: this.#reach(sources),
        folder: this.#folder('fetched'),
        group: request.owner?.gid,
        environment: given,
        clean: this.clean,
        clock: this.clock,
      }),
      installer,
      packages: this.#packages,
      cache: this.#store.cache,
      pipIndex: request.pipIndex,
      say: this.say,
      clean: this.clean,
    });
    try {
      return await this.#built(backEnd, installer);
    } finally {
      await backEnd.close();
    }
  }

  async #built(backEnd: BackEnd, installer: ToolUser): Promise<BuildResult> {
    const { specs, pip, channels, base, lock: given, plan, backend } = this.request;
    const wanted: Wanted = { specs, pip, channels, ...(base !== undefined && { base }) };
    const began = this.clock.monotonic();
    if (given === undefined)
      this.say(`Solving ${[...specs, ...pip].join(', ') || 'nothing'} with ${backend}`);
    const lock = given ?? (await backEnd.solve(wanted));
    const solve = given === undefined ? this.clock.monotonic() - began : 0;
    if (lock.platform !== this.request.platform)
      throw new BuildError(
        'solve',
        `the lock is for ${lock.platform}, but this node is ${this.request.platform}`,
      );
    if (given === undefined) this.#sayLock(lock, solve);
    if (plan)
      return {
        outcome: 'built',
        backend,
        lock,
        hash: lockDigest(lock),
        disk: null,
        took: { solve, build: 0 },
      };
    const release = await this.#alone(lockDigest(lock));
    try {
      return (await this.#there(lock, solve)) ?? (await this.#make(backEnd, installer, lock, wanted, solve));
    } finally {
      release();
    }
  }

  async #make(
    backEnd: BackEnd,
    installer: ToolUser,
    lock: Lock,
    wanted: Wanted,
    solve: number,
  ): Promise<BuildResult> {
    const { owner, backend } = this.request;
    const began = this.clock.monotonic();
    const packages = lock.packages.length + lock.pip.length;
    this.say(`Installing ${packages} packages`);
    // A killed build may have left processes behind.
    if (owner !== undefined) endProcessesOf(owner);
    rmSync(this.#prefix, { recursive: true, force: true });
    mkdirSync(this.#prefix, { mode: 0o700 });
    if (owner !== undefined) chownSync(this.#prefix, owner.uid, owner.gid);
    await withProgress(
      this.#prefix,
      packages,
      this.say,
      this.clock,
      backEnd.install(lock, this.#prefix, wanted),
    );
    if (owner !== undefined) endProcessesOf(owner);
    const base = await activation(this.#prefix);
    const set = await runActivationScripts(this.#prefix, base, installer, this.say);
    if (owner !== undefined) endProcessesOf(owner);
    const disk = this.#publish(lock, { ...base, ...set });
    const build = this.clock.monotonic() - began;
    this.say(`Ready after ${seconds(solve + build)}: ${(disk / 1e6).toFixed(1)} MB`);
    return { outcome: 'built', backend, lock, hash: lockDigest(lock), disk, took: { solve, build } };
  }

  /**
   * Publishes the environment under its lock after it has been synced to disk, so a power failure cannot leave an incomplete environment that appears
   * to be ready. Content shared with other builds is on disk before those builds can find it.
   */
  #publish(lock: Lock, variables: Readonly<Record<string, string>>): number {
    const { owner, reader, id } = this.request;
    const hash = lockDigest(lock);
    const shared = process.geteuid?.() === 0 ? this.#store.files : undefined;
    this.#sync();
    const disk = seal(this.#prefix, { owner, reader, shared });
    const [note, link] = [`${this.#store.note(hash)}.${id}`, `${this.#store.link(hash)}.${id}`];
    writeFileSync(note, JSON.stringify({ disk, lock, variables }), { mode: 0o600 });
    this.#sync();
    this.#packages.publish();
    renameSync(note, this.#store.note(hash));
    rmSync(link, { force: true });
    symlinkSync(id, link);
    renameSync(link, this.#store.link(hash));
    return disk;
  }

  /** Uses syncfs(2): one call instead of one for each of thousands of files. */
  #sync(): void {
    try {
      execFileSync('sync', ['-f', this.#store.folder], { stdio: ['ignore', 'ignore', 'pipe'] });
    } catch (error) {
      throw new BuildError(
        'install',
        `the environment cannot be written to disk: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  async #there(lock: Lock, solve: number): Promise<BuildResult | undefined> {
    const hash = lockDigest(lock);
    const found = await this.#store.ready(hash);
    if (found === undefined) return undefined;
    await this.#store.touch(hash, this.clock.now());
    this.say(`This node already has that environment (${hash.slice(0, 12)})`);
    return {
      outcome: 'built',
      backend: this.request.backend,
      lock,
      hash,
      disk: found.disk,
      took: { solve, build: 0 },
    };
  }

  /** Locks the generation, so that only one build of it runs on this node at a time. The kernel releases the lock when the process ends. */
  async #alone(hash: string): Promise<() => void> {
    const descriptor = openSync(path.join(this.#store.locks, hash), 'a', 0o600);
    const take = async (words: readonly string[]): Promise<boolean> =>
      await new Promise((resolve, reject) => {
        const child = spawn('flock', [...words, '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
        child.once('error', reject).once('exit', (code) => resolve(code === 0));
      });
    if (!(await take(['--exclusive', '--nonblock']))) {
      this.say('Waiting for another build of the same environment');
      await take(['--exclusive']);
    }
    return () => closeSync(descriptor);
  }

  /** The finder does not run package code, so it is the only tool that receives the credentials and the node's proxy. */
  #finder(given: Readonly<Record<string, string>>, credentials: readonly Credential[]): ToolUser {
    const user = this.#toolUser('find', this.request.finder);
    const { HOME = '' } = user.environment;
    return {
      ...user,
      environment: {
        ...user.environment,
        ...given,
        ...writeCredentials(HOME, credentials, this.request.finder),
      },
    };
  }

  #reach(sources: readonly Source[]): Reach {
    const { calls } = this.request;
    const allowed = parseEndpointList(calls.allowed);
    const named = sources
      .filter(({ url }) => url.protocol !== 'file:')
      .flatMap(({ url }) => endpointsOfUrl(url.href));
    const own = calls.own.flatMap(endpointsOfUrl);
    return new Reach(
      { ...allowed, hosts: [...allowed.hosts, ...named] },
      new OwnParts(() => own, systemResolve),
      systemResolve,
    );
  }

  #nodeVariables(): Record<string, string> {
    return Object.fromEntries(
      this.request.variables.flatMap((each) =>
        process.env[each] === undefined ? [] : [[each, process.env[each] ?? '']],
      ),
    );
  }

  #folder(name: string): string {
    return path.join(this.#work, name);
  }

  #toolUser(name: 'find' | 'install', owner: Owner | undefined): ToolUser {
    const at = (folder: string): string => path.join(this.#work, name, folder);
    for (const folder of OWN_FOLDERS.map(at)) ownFolder(folder, owner);
    mkdirSync(at('given'), { recursive: true, mode: 0o750 });
    if (owner !== undefined) chownSync(at('given'), 0, owner.gid);
    return {
      owner,
      folder: at('tmp'),
      given: at('given'),
      environment: {
        PATH: `${path.dirname(this.request.program)}:${TOOL_PATH}`,
        LANG: 'C.UTF-8',
        NO_COLOR: '1',
        HOME: at('home'),
        TMPDIR: at('tmp'),
      },
    };
  }

  #sayLock({ packages, pip }: Lock, took: number): void {
    this.say(`Solved in ${seconds(took)}:`);
    for (const { name, version, build } of packages) this.say(`  ${name} ${version} ${build}`);
    for (const { name, version } of pip) this.say(`  ${name} ${version} (pip)`);
  }
}

function ownFolder(folder: string, owner: Owner | undefined): void {
  mkdirSync(path.dirname(folder), { recursive: true, mode: 0o711 });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
