import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { TASK_PATH } from './environment.js';

/** Whether tenants' processes have mount and IPC namespaces of their own on this host. */
export type Namespaces = 'own' | 'shared';

/** Folders of a host in which every user may write. */
export const SHARED_PLACES = ['/tmp', '/var/tmp', '/dev/shm', '/run/lock'] as const;
const MEBIBYTE = 1_048_576;
/** What each of them may hold where the task has no limit of memory. */
const DEFAULT_PLACE_MIB = 256;
/** Files in each of them. */
const PLACE_INODES = 65_536;
const PROBE_MS = 5000;
/** Descriptors that a shell can name by one digit, without those of its input and output. */
const FIRST_KEPT = 3;
const MAX_KEPT = 7;

/**
 * Run in new mount and IPC namespaces: KEPT SIZE WORD... Puts an empty file system of the task's own over each shared place, then runs WORD... What is in
 * them counts as the task's memory and goes with its last process. KEPT are folders in these places that stay visible, a line each; at most {@link MAX_KEPT}.
 */
export const PRIVATE_PLACES = `set -fu
mask=$(umask)
umask 022
kept=$1 size=$2
shift 2
IFS='
'
fd=${FIRST_KEPT}
for folder in $kept; do
  eval "exec $fd<\\"\\$folder\\"" || exit 125
  fd=$((fd + 1))
done
unset IFS
for place in ${SHARED_PLACES.join(' ')}; do
  [ -d "$place" ] && [ ! -L "$place" ] || continue
  mount -t tmpfs -o "size=$size,nr_inodes=${PLACE_INODES},mode=1777,nosuid,nodev" muster "$place" || exit 125
done
[ ! -d /dev/mqueue ] || mount -t mqueue -o nosuid,nodev,noexec muster /dev/mqueue || exit 125
IFS='
'
fd=${FIRST_KEPT}
for folder in $kept; do
  mkdir -p "$folder" && mount --no-canonicalize --bind "/proc/self/fd/$fd" "$folder" || exit 125
  eval "exec $fd<&-"
  fd=$((fd + 1))
done
unset IFS
set +f
umask "$mask"
exec "$@"
`;

/** As the supervisor starts a task in them (`supervisor.ts`). */
const UNSHARE = ['unshare', '--mount', '--ipc', '--propagation', 'private', '/bin/sh', '-c', PRIVATE_PLACES, 'places'];

/** Finds out by trying whether this process can give a task such places. */
export function detectNamespaces(): Promise<Namespaces> {
  const [program = '', ...words] = [...UNSHARE, '', '1m', 'true'];
  return new Promise((resolve) => {
    execFile(program, words, { timeout: PROBE_MS, env: { PATH: TASK_PATH } }, (error) => resolve(error === null ? 'own' : 'shared'));
  });
}

/** Variables by which a supervisor gives a task places of its own. `inSight`: the agent's folder, then other files that it needs. */
export function placesEnvironment(inSight: readonly string[], memoryMib: number | undefined): Record<string, string> {
  const size = (memoryMib === undefined || memoryMib === 0 ? DEFAULT_PLACE_MIB : memoryMib) * MEBIBYTE;
  return { MUSTER_S_PLACES: PRIVATE_PLACES, MUSTER_S_KEPT: keptIn(inSight), MUSTER_S_SIZE: String(size) };
}

/** An agent whose data lies in a shared place, as on a first try, keeps the folder there that they are in: tasks have their home in it. A line each. */
export function keptIn(inSight: readonly string[]): string {
  const kept = inSight.flatMap((file) => {
    const place = SHARED_PLACES.find((each) => file.startsWith(`${each}/`));
    const folder = place === undefined ? undefined : path.join(place, file.slice(place.length + 1).split('/')[0] ?? '');
    return folder !== undefined && !folder.includes('\n') && isFolder(folder) ? [folder] : [];
  });
  return [...new Set(kept)].slice(0, MAX_KEPT).join('\n');
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}
