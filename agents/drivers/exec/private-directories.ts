import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { TASK_PATH } from './environment.js';

export type Namespaces = 'own' | 'shared';

export const SHARED_DIRECTORIES = ['/tmp', '/var/tmp', '/dev/shm', '/run/lock'] as const;
const MEBIBYTE = 1_048_576;
const DEFAULT_PLACE_MIB = 256;
const PLACE_INODES = 65_536;
const PROBE_MS = 5000;
/** The first descriptor after stdin, stdout and stderr. A shell only supports single-digit descriptors. */
const FIRST_DESCRIPTOR = 3;
const MAX_VISIBLE = 7;

/**
 * Runs in new mount and IPC namespaces, with the arguments KEPT SIZE WORD... It mounts a separate empty file system over each shared directory, then
 * runs WORD... Files there count toward the task's memory and are lost when the last process ends. KEPT lists subdirectories that remain visible, one
 * per line, at most {@link MAX_VISIBLE}. If MUSTER_S_CLOSED is set, that folder above the agent's directory is replaced by an empty one, because the
 * task's user may not enter it: so the task reaches its own files by their paths, and nothing else there. /proc shows only processes of the task's own
 * user, because command lines of others may contain secrets. If MUSTER_S_PASSWD and MUSTER_S_GROUP are set, /etc/passwd and
 * /etc/group have these lines in addition to those of the host.
 */
export const PRIVATE_DIRECTORIES_SCRIPT = `set -fu
mask=$(umask)
umask 022
kept=$1 size=$2
shift 2
IFS='
'
fd=${FIRST_DESCRIPTOR}
for folder in $kept; do
  eval "exec $fd<\\"\\$folder\\"" || exit 125
  fd=$((fd + 1))
done
unset IFS
# Where the system forbids these mounts, the user has no name. Its line comes first, because the host's last line may be unfinished.
named() { { echo "$2"; cat "/etc/$1"; } >"/tmp/$1" && mount --bind -o ro "/tmp/$1" "/etc/$1"; }
if [ -n "\${MUSTER_S_PASSWD-}" ] && mount -t tmpfs -o mode=755,nosuid,nodev,noexec muster /tmp 2>/dev/null; then
  { named passwd "$MUSTER_S_PASSWD" && named group "$MUSTER_S_GROUP"; } 2>/dev/null
  umount /tmp || exit 125
fi
for place in ${SHARED_DIRECTORIES.join(' ')}; do
  [ -d "$place" ] && [ ! -L "$place" ] || continue
  mount -t tmpfs -o "size=$size,nr_inodes=${PLACE_INODES},mode=1777,nosuid,nodev" muster "$place" || exit 125
done
[ -z "\${MUSTER_S_CLOSED-}" ] || mount -t tmpfs -o size=64k,mode=755,nosuid,nodev muster "$MUSTER_S_CLOSED" || exit 125
[ ! -d /dev/mqueue ] || mount -t mqueue -o nosuid,nodev,noexec muster /dev/mqueue || exit 125
IFS='
'
fd=${FIRST_DESCRIPTOR}
for folder in $kept; do
  mkdir -p "$folder" && mount --no-canonicalize --rbind "/proc/self/fd/$fd" "$folder" || exit 125
  eval "exec $fd<&-"
  fd=$((fd + 1))
done
unset IFS
# Where the system forbids this mount, as in some containers, the task sees the host's processes.
mount -t proc -o nosuid,nodev,noexec,hidepid=2 muster /proc 2>/dev/null || :
set +f
umask "$mask"
exec "$@"
`;

const UNSHARE = [
  'unshare',
  '--mount',
  '--ipc',
  '--propagation',
  'private',
  '/bin/sh',
  '-c',
  PRIVATE_DIRECTORIES_SCRIPT,
  'places',
];

/** Determines by trial whether this process can create the namespaces. */
export function detectNamespaces(): Promise<Namespaces> {
  const [program = '', ...words] = [...UNSHARE, '', '1m', 'true'];
  return new Promise((resolve) => {
    execFile(program, words, { timeout: PROBE_MS, env: { PATH: TASK_PATH } }, (error) =>
      resolve(error === null ? 'own' : 'shared'),
    );
  });
}

/**
 * Returns variables that make a supervisor create the namespaces. `directory`: the agent's. `needed`: other files that the task needs. `closed`: the
 * outermost folder above the agent's directory that the task's user may not enter ({@link closedFolderAbove}).
 */
export function namespacesEnvironment(
  directory: string,
  needed: readonly string[],
  memoryMib: number | undefined,
  closed: string | undefined,
): Record<string, string> {
  const size = (memoryMib === undefined || memoryMib === 0 ? DEFAULT_PLACE_MIB : memoryMib) * MEBIBYTE;
  return {
    MUSTER_S_PLACES: PRIVATE_DIRECTORIES_SCRIPT,
    MUSTER_S_KEPT: visibleFolders(
      closed === undefined ? [directory, ...needed] : needed,
      closed && directory,
    ),
    MUSTER_S_SIZE: String(size),
    ...(closed !== undefined && sharedPlaceOf(closed) === undefined && { MUSTER_S_CLOSED: closed }),
  };
}

/** Returns the folders that stay visible: `whole`, and of each other file the folder directly below a shared directory. */
export function visibleFolders(inSight: readonly string[], whole?: string): string {
  const kept = inSight.flatMap((file) => {
    const place = sharedPlaceOf(file);
    return place === undefined ? [] : [path.join(place, file.slice(place.length + 1).split('/')[0] ?? '')];
  });
  const folders = [...(whole === undefined ? [] : [whole]), ...kept].filter(
    (folder) => !folder.includes('\n') && isFolder(folder),
  );
  return [...new Set(folders)].slice(0, MAX_VISIBLE).join('\n');
}

function sharedPlaceOf(file: string): string | undefined {
  return SHARED_DIRECTORIES.find((place) => file.startsWith(`${place}/`));
}

/** Returns the outermost folder above `directory` that other users than its owner may not enter, such as root's home. Undefined if there is none. */
export function closedFolderAbove(directory: string): string | undefined {
  const above = path.dirname(directory);
  if (above === path.dirname(above)) return undefined;
  return closedFolderAbove(above) ?? (isClosed(above) ? above : undefined);
}

function isClosed(folder: string): boolean {
  const mode = statSync(folder, { throwIfNoEntry: false })?.mode;
  return mode !== undefined && (mode & 0o001) === 0;
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}
