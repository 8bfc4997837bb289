import {
  CONDA_BACKEND,
  type CondaBuild,
  type CondaConfig,
  type CondaRun,
} from '#domain/drivers/conda/index.js';
import type { ExecConfig } from '#domain/drivers/exec/index.js';
import type { LogQuery } from '#domain/protocol/agent-channel.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { TextBlobs } from '#domain/kernel/ports/text-blobs.js';
import type { NodeAttributes } from '#domain/kernel/resources.js';
import type { TenantUsers } from '../../users/tenant-users.js';
import { TaskStartError, type StartedTask, type TaskDriver, type TaskSpec } from '../driver.js';
import { userOf, type ExecDriver } from '../exec/index.js';
import { errorFields, type AgentLog } from '../../platform/log.js';
import { cleanCache } from './generations/cache.js';
import { activation } from './activation.js';
import type { Builds } from './builds.js';
import { FollowedTask } from './followed-task.js';
import type { BackEnds, DetectedBackEnd } from './back-end-detection.js';
import { ensureGeneration, generationBuildSpec } from './ensure-generation.js';
import { scriptOf, variablesOf } from './script.js';
import { condaPlatform } from './settings.js';
import type { Uses } from './uses.js';

export interface CondaDriverOptions {
  readonly processes: ExecDriver;
  readonly backEnds: BackEnds;
  readonly builds: Builds;
  readonly users: Pick<TenantUsers, 'userOf'>;
  readonly uses: Uses;
  readonly documents: TextBlobs;
  readonly cacheBytes: number;
  readonly clock: Clock;
  readonly log: AgentLog;
}

const CLEAN_MS = 300_000;
const UNUSED_MS = 604_800_000;

/** Builds environments of exact packages and runs Python scripts in them. The processes are started like those of `exec`. */
export class CondaDriver implements TaskDriver<CondaConfig> {
  readonly #options: CondaDriverOptions;
  readonly #realising = new Set<string>();

  constructor(options: CondaDriverOptions) {
    this.#options = options;
  }

  async fingerprint(): Promise<NodeAttributes | undefined> {
    const found = await this.#options.backEnds.find();
    return found === undefined
      ? undefined
      : { [CONDA_BACKEND]: found.name, 'conda.platform': condaPlatform() };
  }

  /** Rejects a build with forbidden channels, or creates the environment of a run. */
  async prepare(spec: TaskSpec<CondaConfig>, signal: AbortSignal): Promise<void> {
    if (isBuild(spec)) {
      this.#options.builds.channels(spec.config.lock?.channels ?? spec.config.channels);
      return;
    }
    if (!isRun(spec)) return;
    this.#hold(spec);
    this.#realising.add(spec.directory);
    try {
      await ensureGeneration(spec, { ...this.#options, backEnd: () => this.#backEnd() }, signal);
    } catch (error) {
      this.#options.uses.release(spec.directory);
      throw error;
    } finally {
      this.#realising.delete(spec.directory);
    }
  }

  async start(spec: TaskSpec<CondaConfig>): Promise<StartedTask> {
    if (isBuild(spec)) return await this.#options.builds.start(spec, spec.config, await this.#backEnd());
    if (!isRun(spec)) throw new TaskStartError('config.action must be build or run');
    return (await this.#adoptRun(spec)) ?? (await this.#startRun(spec));
  }

  async adopt(spec: TaskSpec<CondaConfig>, abandon: boolean): Promise<StartedTask | undefined> {
    if (isBuild(spec)) return await this.#options.builds.adopt(spec, abandon);
    if (!isRun(spec)) return undefined;
    const found = await this.#adoptRun(spec, abandon);
    // The run was stopped while its environment was being created, so stop that build as well.
    if (found === undefined && abandon)
      await (await this.#options.builds.adopt(generationBuildSpec(spec), false))?.stop(0);
    return found;
  }

  async *logs(
    spec: TaskSpec<CondaConfig>,
    query: LogQuery,
    ended: () => boolean,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array> {
    const { processes } = this.#options;
    if (isRun(spec) && this.#realising.has(spec.directory)) {
      yield* processes.logs(
        generationBuildSpec(spec),
        query,
        () => ended() || !this.#realising.has(spec.directory),
        signal,
      );
      if (!query.follow) return;
    }
    yield* processes.logs(spec, query, ended, signal);
  }

  async run(isKnown: (allocationId: string) => boolean, signal: AbortSignal): Promise<void> {
    await this.#options.builds.clean(isKnown);
    await Promise.all([this.#options.processes.tend(signal), this.#cleanNowAndThen(isKnown, signal)]);
  }

  async #cleanNowAndThen(isKnown: (allocationId: string) => boolean, signal: AbortSignal): Promise<void> {
    const { clock, uses, builds, cacheBytes, log } = this.#options;
    for (;;) {
      await clock.sleep(CLEAN_MS, signal);
      if (signal.aborted) return;
      const bounds = { maxBytes: cacheBytes, unusedMs: UNUSED_MS };
      await cleanCache(builds.root, bounds, clock.now(), (store, hash) =>
        uses.isHeld(store, hash, isKnown),
      ).catch((error: unknown) => log.warn(errorFields(error), 'agent.conda.clean-failed'));
    }
  }

  async #startRun(spec: TaskSpec<CondaRun>): Promise<StartedTask> {
    const { processes, builds, users, clock } = this.#options;
    const { lock, user, tenant, give_output } = spec.config;
    const store = builds.storeOf(spec.config);
    const generation = await store.ready(lock);
    if (generation === undefined) throw new TaskStartError(`its environment ${lock} is not on this node`);
    await store.touch(lock, clock.now());
    const { owner } = await userOf(spec.config, users);
    const config: ExecConfig = {
      command: `${generation.prefix}/bin/python`,
      args: ['-u', scriptOf(spec, owner)],
      ...(user !== undefined && { user }),
      ...(tenant !== undefined && { tenant }),
      ...(give_output !== undefined && { give_output }),
    };
    const env = { ...(generation.variables ?? (await activation(generation.prefix))), ...variablesOf(spec) };
    return this.#followed(spec, await processes.start({ ...spec, config, task: { ...spec.task, env } }));
  }

  async #adoptRun(spec: TaskSpec<CondaRun>, abandon = false): Promise<StartedTask | undefined> {
    const found = await this.#options.processes.adopt(spec, abandon);
    return found === undefined ? undefined : this.#followed(spec, found);
  }

  #followed(spec: TaskSpec<CondaRun>, task: StartedTask): StartedTask {
    this.#hold(spec);
    return new FollowedTask(task, async (exit) => {
      this.#options.uses.release(spec.directory);
      return exit;
    });
  }

  #hold(spec: TaskSpec<CondaRun>): void {
    this.#options.uses.hold(
      spec.directory,
      this.#options.builds.storeOf(spec.config),
      spec.config.lock,
      spec.allocationId,
    );
  }

  async #backEnd(): Promise<DetectedBackEnd> {
    const found = await this.#options.backEnds.find();
    if (found === undefined) throw new TaskStartError('this node has no tool that builds conda environments');
    return found;
  }
}

function isBuild(spec: TaskSpec<CondaConfig>): spec is TaskSpec<CondaBuild> {
  return spec.config.action === 'build';
}

function isRun(spec: TaskSpec<CondaConfig>): spec is TaskSpec<CondaRun> {
  return spec.config.action === 'run';
}
