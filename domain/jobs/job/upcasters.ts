interface FirstTask {
  readonly name: string;
  readonly config: {
    readonly image?: string;
    readonly command?: string;
    readonly port?: number;
    readonly container_port?: number;
  };
  readonly args?: readonly string[];
  readonly work_dir?: string;
  readonly user?: string;
  readonly tty?: boolean;
  readonly open_stdin?: boolean;
}

interface FirstGroups {
  readonly task_groups?: readonly { readonly tasks: readonly FirstTask[] }[];
}

/** Upcasts the groups in `data[field]` from version 1: each task gets a driver and that driver's config. */
export function withDrivers(data: unknown, field: string): unknown {
  const known = data as Readonly<Record<string, FirstGroups>>;
  const holder = known[field];
  if (holder?.task_groups === undefined) return data;
  const task_groups = holder.task_groups.map((group) => ({ ...group, tasks: group.tasks.map(withDriver) }));
  return { ...known, [field]: { ...holder, task_groups } };
}

/** Upcasts a job's owner from version 1, which had no tenant. */
export function withTenant(data: unknown): unknown {
  const known = data as { readonly owner?: { readonly surface: string; readonly principal: string } };
  return known.owner === undefined ? data : { ...known, owner: { ...known.owner, tenant: null } };
}

function withDriver({
  name,
  config: { image, command, port, container_port },
  args,
  work_dir,
  user,
  tty,
  open_stdin,
  ...rest
}: FirstTask): unknown {
  const ports =
    port === undefined && container_port === undefined
      ? undefined
      : [present({ host: port, container: container_port })];
  const config = present({ image, command, args, work_dir, user, tty, open_stdin });
  return {
    name,
    driver: image === undefined ? 'exec' : 'docker',
    config,
    ...(ports === undefined ? {} : { ports }),
    ...rest,
  };
}

function present(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
}
