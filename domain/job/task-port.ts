import { z } from 'zod';
import { port } from './name.js';

/** A port of a task: one of its node that the task names, or, for a container, one that the scheduler gives it. */
export const taskPort = z
  .strictObject({
    host: port.optional().meta({ description: 'Port of the node. No other task there has it' }),
    container: port.optional().meta({ description: "Port in the container, where that is neither the image's only exposed TCP port nor the same number" }),
    dynamic: z.boolean().optional().meta({ description: 'The scheduler gives it a host port of its range. Only for a container, and with `container`' }),
    prefer: port.optional().meta({ description: 'The host port of that range that it is given where that is free' }),
  })
  .superRefine(({ host, container, dynamic = false, prefer }, context) => {
    const problem = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (dynamic && host !== undefined) problem('host', 'a dynamic port has no host port of its own: the scheduler gives it one');
    if (dynamic && container === undefined) problem('container', 'a dynamic port names the port in the container');
    if (!dynamic && prefer !== undefined) problem('prefer', 'only a dynamic port prefers one');
  });
export type TaskPort = z.infer<typeof taskPort>;

/** Ports of a container, each of which is to be reached under one of its node that the scheduler chooses. */
export const containerPorts = z
  .array(port)
  .max(64)
  .refine((ports) => new Set(ports).size === ports.length, 'a port stands there twice');

/** The same as a task has them; nothing where there are none. */
export function reachedAt(ports: readonly number[] | undefined): { readonly ports?: TaskPort[] } {
  return ports === undefined || ports.length === 0 ? {} : { ports: ports.map((container) => ({ container, dynamic: true })) };
}

/** A port of a container, and the one of its node that is published to it. */
export const assignedPort = z.strictObject({
  container: port.meta({ description: 'Port in the container' }),
  host: port.meta({ description: 'Port of the node that is published to it' }),
});
export type AssignedPort = z.infer<typeof assignedPort>;

/** What the scheduler gave, by task. */
export const assignedPorts = z.record(z.string(), z.array(assignedPort));
export type AssignedPorts = Readonly<Record<string, readonly AssignedPort[]>>;

/** One that the scheduler is to give. */
export interface DynamicPort {
  readonly task: string;
  readonly container: number;
  readonly prefer?: number;
}

interface WithPorts {
  readonly ports?: readonly TaskPort[] | undefined;
}

/** Ports of its node that a task names. */
export function hostPortsOf({ ports }: WithPorts): number[] {
  return ports === undefined ? [] : ports.flatMap(({ host }) => host ?? []);
}

/** Ports that tasks are to be given, in their order. */
export function dynamicPortsOf(tasks: readonly (WithPorts & { readonly name: string })[]): DynamicPort[] {
  return tasks.flatMap(({ name, ports = [] }) =>
    ports.flatMap(({ dynamic, container, prefer }) =>
      dynamic !== true || container === undefined ? [] : { task: name, container, ...(prefer === undefined ? {} : { prefer }) },
    ),
  );
}
