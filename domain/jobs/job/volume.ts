import { z } from 'zod';

export const volumeName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, 'must match [A-Za-z0-9][A-Za-z0-9_.-]{0,127}')
  .meta({ description: 'Name of the volume, unique in the cluster', examples: ['orders-db'] });

/** A named volume of a container. It remains on its node, and later tasks that mount it are placed there. */
export const taskVolume = z
  .strictObject({
    name: volumeName,
    path: z
      .string()
      .max(1024)
      .regex(
        /^(\/[^/\u0000-\u001f\u007f]+)+\/?$/,
        'must be an absolute path below /, such as /var/lib/data, without empty segments',
      )
      .refine(
        (path) => path.split('/').every((part) => part !== '.' && part !== '..'),
        'must not contain . or .. as a path segment',
      )
      // Docker ignores a slash at the end.
      .overwrite((path) => path.replace(/\/$/, ''))
      .meta({ description: 'Absolute path in the container', examples: ['/var/lib/data'] }),
    read_only: z.boolean().optional().meta({
      description: 'Mount the volume read-only. Multiple containers can then mount it at the same time',
    }),
  })
  .meta({ id: 'TaskVolume', description: 'Extension. A named volume that outlives the container' });
export type TaskVolume = z.infer<typeof taskVolume>;

export const taskVolumes = z
  .array(taskVolume)
  .max(32)
  .superRefine((volumes, context) => {
    const paths = new Set<string>();
    volumes.forEach(({ path }, index) => {
      if (paths.has(path))
        context.addIssue({ code: 'custom', path: [index, 'path'], message: `duplicate path: ${path}` });
      paths.add(path);
    });
  });

/** `writable`: at least one task of the group may write to it. */
export interface VolumeDemand {
  readonly name: string;
  readonly writable: boolean;
}

interface WithVolumes {
  readonly volumes?: readonly TaskVolume[] | undefined;
}

export function volumesOf(tasks: readonly WithVolumes[]): VolumeDemand[] {
  const writable = new Map<string, boolean>();
  for (const { volumes = [] } of tasks)
    for (const { name, read_only } of volumes)
      writable.set(name, (writable.get(name) ?? false) || read_only !== true);
  return [...writable]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, writes]) => ({ name, writable: writes }));
}
