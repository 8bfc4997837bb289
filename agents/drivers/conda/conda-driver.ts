import type { CondaBuild, CondaConfig, CondaRun } from '#domain/drivers/conda/index.js';
import { CONDA_BACKEND } from '#domain/drivers/conda/index.js';
import type { LogQuery } from '#domain/ports/agent-channel.js';
import type { NodeAttributes } from '#domain/resources.js';
import { TaskStartError, type StartedTask, type TaskDriver, type TaskSpec } from '../driver.js';
import type { ExecDriver } from '../exec/index.js';
import type { Builds } from './builds.js';
import type { BackEnds, FoundBackEnd } from './found-back-end.js';
import { condaPlatform } from './settings.js';

export interface CondaDriverOptions {
  readonly processes: ExecDriver;
  readonly backEnds: BackEnds;
  readonly builds: Builds;
}

/** Builds environments of exact packages, and runs Python scripts in them. Both are processes as those of `exec`. */
export class CondaDriver implements TaskDriver<CondaConfig> {
  readonly #options: CondaDriverOptions;

  constructor(options: CondaDriverOptions) {
    this.#options = options;
  }

  async fingerprint(): Promise<NodeAttributes | undefined> {
    const found = await this.#options.backEnds.find();
    return found === undefined ? undefined : { [CONDA_BACKEND]: found.name, 'conda.platform': condaPlatform() };
  }

  async prepare(spec: TaskSpec<CondaConfig>): Promise<void> {
    if (isBuild(spec)) this.#options.builds.channels(spec.config.channels);
  }

  async start(spec: TaskSpec<CondaConfig>): Promise<StartedTask> {
    if (isBuild(spec)) return await this.#options.builds.start(spec, spec.config, await this.#backEnd());
    throw new TaskStartError('runs are not there yet');
  }

  async adopt(spec: TaskSpec<CondaConfig>, abandon: boolean): Promise<StartedTask | undefined> {
    if (isBuild(spec)) return await this.#options.builds.adopt(spec, abandon);
    return undefined;
  }

  logs(spec: TaskSpec<CondaConfig>, query: LogQuery, ended: () => boolean, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#options.processes.logs(spec, query, ended, signal);
  }

  async run(isKnown: (allocationId: string) => boolean, signal: AbortSignal): Promise<void> {
    await this.#options.builds.clean(isKnown);
    await this.#options.processes.run(isKnown, signal);
  }

  async #backEnd(): Promise<FoundBackEnd> {
    const found = await this.#options.backEnds.find();
    if (found === undefined) throw new TaskStartError('this node has nothing that builds conda environments');
    return found;
  }
}

function isBuild(spec: TaskSpec<CondaConfig>): spec is TaskSpec<CondaBuild> {
  return spec.config.action === 'build';
}

export type RunSpec = TaskSpec<CondaRun>;
