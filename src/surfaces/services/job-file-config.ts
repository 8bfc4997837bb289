import type { MappedJob, MappedTask } from '#domain/nomad/index.js';
import type { TaskCheck } from '#domain/jobs/job/check.js';

const TAKEN = ['image', 'command', 'args', 'shm_size'];

/** Converts a job file with one group and task to a service configuration, or returns the problem if it contains something unsupported. */
export function configOfJobFile({ task_groups: [group] }: MappedJob): {
  readonly config?: unknown;
  readonly problem?: string;
} {
  const [task] = group?.tasks ?? [];
  if (group === undefined || task === undefined)
    return { problem: 'a service must have exactly one group with one task' };
  const problem = notForServices(task, group.constraints?.length ?? 0);
  if (problem !== undefined) return { problem };
  const { config, ports, env, resources, kill_timeout, volumes, checks } = task;
  const { count, restart, reschedule, update } = group;
  const [check] = checks ?? [];
  return {
    config: {
      ...config,
      ...(ports !== undefined && { ports: ports.map((port) => port.container) }),
      ...(env !== undefined && { environment: env }),
      ...(resources !== undefined && { resources }),
      ...(kill_timeout !== undefined && { kill_timeout }),
      ...(volumes !== undefined && { volumes: volumes.map(({ name, path }) => ({ name, path })) }),
      ...(check !== undefined && { health: healthOf(check) }),
      ...(count !== undefined && { count }),
      ...(restart !== undefined && { restart }),
      ...(reschedule !== undefined && { reschedule }),
      ...(update !== undefined && { update }),
    },
  };
}

function notForServices(
  { config, ports = [], volumes = [], checks = [] }: MappedTask,
  constraints: number,
): string | undefined {
  const word = Object.keys(config).find((key) => !TAKEN.includes(key));
  if (word !== undefined) return `config.${word} is not allowed for services`;
  if (ports.some((port) => 'host' in port))
    return 'a static port is not allowed for services: ports are assigned, see endpoints';
  if (volumes.some(({ read_only }) => read_only === true))
    return 'a read-only volume is not allowed for services';
  if (checks.length > 1) return 'a service can have only one check';
  return constraints > 0 ? 'constraints are not allowed for services' : undefined;
}

function healthOf({
  type,
  port,
  path,
  command,
  interval_seconds,
  timeout_seconds,
  grace_seconds,
}: TaskCheck): object {
  return { type, port, path, command, interval_seconds, timeout_seconds, grace_seconds };
}
