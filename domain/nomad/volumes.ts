import type { TaskVolume } from '../jobs/job/volume.js';
import type { Section } from './section.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
const BIND = 'host directories cannot be mounted: use a named volume';

/** Cluster-wide names of a group's volumes, by label. */
export function groupVolumes(
  group: Section,
): Map<string, { readonly source: string; readonly readOnly: boolean }> {
  const found = new Map<string, { readonly source: string; readonly readOnly: boolean }>();
  for (const { label, section } of group.labelled('volume')) {
    section.acceptOnly('type', ['host'], 'must be "host": a named volume, which stays on its node');
    const source = section.text('source') ?? label;
    const readOnly = section.flag('read_only') ?? false;
    if (NAME.test(source)) found.set(label, { source, readOnly });
    else section.report(BIND, 'source');
    section.acceptOnly('access_mode', [''], 'is not supported');
    section.refuseUnread();
  }
  return found;
}

export function mountedVolumes(task: Section, volumes: ReturnType<typeof groupVolumes>): TaskVolume[] {
  return task.blocks('volume_mount').flatMap((mount) => {
    const label = mount.text('volume') ?? '';
    const volume = volumes.get(label);
    if (volume === undefined) mount.report(`the group has no volume ${JSON.stringify(label)}`, 'volume');
    const path = destination(mount, 'destination');
    const readOnly = mount.flag('read_only') ?? false;
    mount.refuseUnread();
    return volume === undefined || path === undefined
      ? []
      : [mapped(volume.source, path, readOnly || volume.readOnly)];
  });
}

/** Reads volumes in the docker driver's notation: `volumes = ["name:/path:ro"]`, and `mount` blocks of type volume. */
export function dockerVolumes(config: Section): TaskVolume[] {
  const listed = (config.texts('volumes') ?? []).flatMap((text) => {
    const [, source = '', path = '', mode] = /^([^:]*):([^:]*)(?::([^:]*))?$/.exec(text) ?? [];
    const problem = problemOf(source, path, mode, text);
    if (problem !== undefined) config.report(problem, 'volumes');
    return problem === undefined ? [mapped(source, path, mode === 'ro')] : [];
  });
  const mounts = ['mount', 'mounts']
    .flatMap((name) => config.blocks(name))
    .flatMap((mount) => {
      const type = mount.text('type') ?? 'volume';
      const source = mount.text('source') ?? '';
      const path = destination(mount, 'target');
      const readOnly = mount.flag('readonly') ?? false;
      if (type !== 'volume') mount.report(type === 'bind' ? BIND : 'must be "volume"', 'type');
      else if (!NAME.test(source)) mount.report(BIND, 'source');
      mount.refuseUnread();
      return type === 'volume' && NAME.test(source) && path !== undefined
        ? [mapped(source, path, readOnly)]
        : [];
    });
  return [...listed, ...mounts];
}

function problemOf(source: string, path: string, mode: string | undefined, text: string): string | undefined {
  if (!NAME.test(source))
    return source.includes('/') || source.startsWith('.') || text.startsWith('/')
      ? BIND
      : `must be "name:/path" or "name:/path:ro", not ${JSON.stringify(text)}`;
  if (!isPath(path)) return 'the path must be absolute, without ".."';
  return mode === undefined || mode === 'ro' || mode === 'rw' ? undefined : 'only :ro and :rw are supported';
}

function destination(section: Section, name: string): string | undefined {
  const path = section.text(name);
  if (path !== undefined && isPath(path)) return path;
  section.report('must be an absolute path, without ".."', name);
  return undefined;
}

function isPath(path: string): boolean {
  return path.startsWith('/') && path !== '/' && !path.split('/').includes('..') && !path.includes('\0');
}

function mapped(name: string, path: string, readOnly: boolean): TaskVolume {
  return readOnly ? { name, path, read_only: true } : { name, path };
}
