import { TaskStartError, type DriverModule, type TaskDriver, type TaskSpec } from './driver.js';

export function checked<Config>(
  { definition }: DriverModule<Config>,
  driver: TaskDriver<Config>,
): TaskDriver {
  const known = new WeakMap<TaskSpec, TaskSpec<Config>>();
  const typed = (spec: TaskSpec): TaskSpec<Config> => {
    const before = known.get(spec);
    if (before !== undefined) return before;
    const parsed = definition.config.safeParse(spec.config);
    if (parsed.success) {
      const taken = { ...spec, config: parsed.data };
      known.set(spec, taken);
      return taken;
    }
    const issue = parsed.error.issues[0];
    throw new TaskStartError(
      `config is not valid for the ${definition.name} driver: ${['config', ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'is malformed'}`,
    );
  };
  return {
    fingerprint: (ownGpus) => driver.fingerprint(ownGpus),
    prepare: async (spec, signal) => await driver.prepare(typed(spec), signal),
    start: async (spec, signal, halted) => await driver.start(typed(spec), signal, halted),
    adopt: async (spec, abandon) => await driver.adopt(typed(spec), abandon),
    logs: (spec, query, ended, signal) => driver.logs(typed(spec), query, ended, signal),
    ...(driver.removeVolume === undefined ? {} : { removeVolume: driver.removeVolume.bind(driver) }),
    ...(driver.copyVolume === undefined ? {} : { copyVolume: driver.copyVolume.bind(driver) }),
    ...(driver.volumes === undefined ? {} : { volumes: driver.volumes.bind(driver) }),
    ...(driver.endLeft === undefined ? {} : { endLeft: driver.endLeft.bind(driver) }),
    run: (isKnown, signal) => driver.run(isKnown, signal),
  };
}

/** Stands in for a driver that this agent lacks. A journal or a server may refer to a newer driver. */
export function absent(name: string): TaskDriver {
  const refuse = async (): Promise<never> => {
    throw new TaskStartError(`this node has no ${name} driver`);
  };
  return {
    fingerprint: async () => undefined,
    prepare: refuse,
    start: refuse,
    adopt: async () => undefined,
    async *logs() {
      // A task without a driver never had any output.
    },
    run: async () => undefined,
  };
}
