import { z } from 'zod';
import { port } from './name.js';

/** A host port that the task chooses or, for containers, one that the scheduler assigns. */
export const taskPort = z
  .strictObject({
    host: port.optional().meta({ description: 'Port of the node. No other task there has it' }),
    container: port.optional().meta({
      description:
        "Port in the container, where that is neither the image's only exposed TCP port nor the same number",
    }),
    dynamic: z.boolean().optional().meta({
      description:
        'The scheduler gives it a host port of its range. Only for a container, and with `container`',
    }),
    prefer: port
      .optional()
      .meta({ description: 'The host port of that range that it is given where that is free' }),
  })
  .superRefine(({ host, container, dynamic = false, prefer }, context) => {
    const problem = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (dynamic && host !== undefined)
      problem('host', 'a dynamic port has no host port of its own: the scheduler gives it one');
    if (dynamic && container === undefined)
      problem('container', 'a dynamic port names the port in the container');
    if (!dynamic && prefer !== undefined) problem('prefer', 'only a dynamic port prefers one');
  });
export type TaskPort = z.infer<typeof taskPort>;

/** Container ports to be published on host ports that the scheduler assigns. */
export const containerPorts = z
  .array(port)
  .max(64)
  .refine((ports) => new Set(ports).size === ports.length, 'a port stands there twice');

/** Returns nothing when there are no ports. */
export function reachedAt(ports: readonly number[] | undefined): { readonly ports?: TaskPort[] } {
  return ports === undefined || ports.length === 0
    ? {}
    : { ports: ports.map((container) => ({ container, dynamic: true })) };
}

export const assignedPort = z.strictObject({
  container: port.meta({ description: 'Port in the container' }),
  host: port.meta({ description: 'Port of the node that is published to it' }),
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
