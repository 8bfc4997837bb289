import type { ExecConfig } from '#domain/drivers/exec/index.js';
import type { PythonConfig } from '#domain/drivers/python/index.js';
import type { LogQuery } from '#domain/protocol/agent-channel.js';
import type { NodeAttributes } from '#domain/kernel/resources.js';
import { TaskStartError, type StartedTask, type TaskDriver, type TaskSpec } from '../driver.js';
import type { ExecDriver } from '../exec/index.js';
import { textOrEnvironment } from '../text-or-environment.js';
import type { Interpreters } from './interpreters.js';
import { isArgument, launched } from './launcher.js';

/** Makes output visible immediately instead of when a buffer is full. A task may override it. */
const UNBUFFERED = { PYTHONUNBUFFERED: '1' };

export class PythonDriver implements TaskDriver<PythonConfig> {
  constructor(
    private readonly processes: ExecDriver,
    private readonly interpreters: Interpreters,
  ) {}

  async fingerprint(): Promise<NodeAttributes | undefined> {
    const found = await this.interpreters.find();
    const [first] = found;
    if (first === undefined) return undefined;
    return {
      'python.interpreters': found.map(({ path }) => path).join(','),
      'python.version': first.version,
    };
  }

  async prepare(): Promise<void> {
    // Nothing to prepare: imports come from the node or from the task's environment.
  }

  async start(spec: TaskSpec<PythonConfig>): Promise<StartedTask> {
    const {
      command,
      arguments: words = [],
      python_path: wanted,
      working_directory,
      user,
      tenant,
      give_output,
    } = spec.config;
    const owner = { ...(user !== undefined && { user }), ...(tenant !== undefined && { tenant }) };
    const interpreter = await this.#interpreter(owner, wanted);
    const { args, env } = launched(
      command,
      words.map((word) => textOrEnvironment(word, spec)),
    );
    const config: ExecConfig = {
      command: interpreter,
      args,
      ...(working_directory !== undefined && { work_dir: working_directory }),
      ...owner,
      ...(give_output !== undefined && { give_output }),
    };
    return await this.processes.start({
      ...spec,
      config,
      task: { ...spec.task, env: { ...UNBUFFERED, ...environmentOf(spec), ...env } },
    });
  }

  async adopt(spec: TaskSpec<PythonConfig>, abandon: boolean): Promise<StartedTask | undefined> {
    return await this.processes.adopt(spec, abandon);
  }

  logs(
    spec: TaskSpec<PythonConfig>,
    query: LogQuery,
    ended: () => boolean,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array> {
    return this.processes.logs(spec, query, ended, signal);
  }

  async run(_isKnown: (allocationId: string) => boolean, signal: AbortSignal): Promise<void> {
    await this.processes.tend(signal);
  }

  async #interpreter(
    owner: Pick<ExecConfig, 'user' | 'tenant'>,
    wanted: string | undefined,
  ): Promise<string> {
    if (wanted !== undefined && (await this.processes.mayRun(owner, wanted))) return wanted;
    const found = (await this.interpreters.find()).map(({ path }) => path);
    if (wanted !== undefined)
      throw new TaskStartError(
        `python_path ${wanted} is not an executable file on this node, which has ${found.join(', ') || 'no Python'}`,
      );
    const [first] = found;
    if (first === undefined) throw new TaskStartError('this node has no Python');
    return first;
  }
}

function environmentOf({ config, task }: TaskSpec<PythonConfig>): Record<string, string> {
  const carried = new Set(
    (config.arguments ?? []).flatMap((word) => (typeof word === 'string' ? [] : [word.env])),
  );
  return Object.fromEntries(
    Object.entries(task.env ?? {}).filter(([name]) => !carried.has(name) && !isArgument(name)),
  );
}
