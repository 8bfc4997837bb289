import { z } from 'zod';
import { port } from './name.js';

export const taskPort = z
  .strictObject({
    host: port.optional().meta({ description: 'Port of the node. No other task on the node can use it' }),
    container: port.optional().meta({
      description:
        "Port in the container. Default: the image's only exposed TCP port, otherwise the same number as `host`",
    }),
    dynamic: z.boolean().optional().meta({
      description:
        'Let the scheduler assign a host port from its range. Only for containers; requires `container`',
    }),
    prefer: port
      .optional()
      .meta({ description: 'Preferred host port from that range, assigned if it is free' }),
  })
  .superRefine(({ host, container, dynamic = false, prefer }, context) => {
    const problem = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (dynamic && host !== undefined)
      problem('host', 'is not allowed for a dynamic port: the scheduler assigns the host port');
    if (dynamic && container === undefined) problem('container', 'is required for a dynamic port');
    if (!dynamic && prefer !== undefined) problem('prefer', 'is only allowed for a dynamic port');
  });
export type TaskPort = z.infer<typeof taskPort>;

export const containerPorts = z
  .array(port)
  .max(64)
  .refine((ports) => new Set(ports).size === ports.length, 'duplicate port');

/** Omits the field if the list is empty. */
export function reachedAt(ports: readonly number[] | undefined): { readonly ports?: TaskPort[] } {
  return ports === undefined || ports.length === 0
    ? {}
    : { ports: ports.map((container) => ({ container, dynamic: true })) };
}

export const assignedPort = z.strictObject({
  container: port.meta({ description: 'Port in the container' }),
  host: port.meta({ description: 'Host port on which the container port is published' }),
});
export type AssignedPort = z.infer<typeof assignedPort>;

export const assignedPorts = z.record(z.string(), z.array(assignedPort));
export type AssignedPorts = Readonly<Record<string, readonly AssignedPort[]>>;

export interface DynamicPort {
  readonly task: string;
  readonly container: number;
  readonly prefer?: number;
}

interface WithPorts {
  readonly ports?: readonly TaskPort[] | undefined;
}

export function hostPortsOf({ ports }: WithPorts): number[] {
  return ports === undefined ? [] : ports.flatMap(({ host }) => host ?? []);
}

export function dynamicPortsOf(tasks: readonly (WithPorts & { readonly name: string })[]): DynamicPort[] {
  return tasks.flatMap(({ name, ports = [] }) =>
    ports.flatMap(({ dynamic, container, prefer }) =>
      dynamic !== true || container === undefined
        ? []
        : { task: name, container, ...(prefer === undefined ? {} : { prefer }) },
    ),
  );
}
