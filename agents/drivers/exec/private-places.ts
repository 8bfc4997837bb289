import { execFile } from 'node:child_process';
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

/**
 * Run in new mount and IPC namespaces: KEPT SIZE WORD... Puts an empty file system of the task's own over each shared place, then runs WORD... What is in
 * them counts as the task's memory and goes with its last process. KEPT is a folder in one of the places that stays visible, or empty.
 */
export const PRIVATE_PLACES = `set -u
umask 022
kept=$1 size=$2
shift 2
[ -z "$kept" ] || exec 7<"$kept" || exit 125
for place in ${SHARED_PLACES.join(' ')}; do
  [ -d "$place" ] && [ ! -L "$place" ] || continue
  mount -t tmpfs -o "size=$size,nr_inodes=${PLACE_INODES},mode=1777,nosuid,nodev" muster "$place" || exit 125
done
[ ! -d /dev/mqueue ] || mount -t mqueue -o nosuid,nodev,noexec muster /dev/mqueue || exit 125
if [ -n "$kept" ]; then
  mkdir -p "$kept" && mount --no-canonicalize --bind /proc/self/fd/7 "$kept" || exit 125
  exec 7<&-
fi
umask 077
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

/** Variables by which a supervisor gives a task places of its own. `directory` is the agent's. */
export function placesEnvironment(directory: string, memoryMib: number | undefined): Record<string, string> {
  const size = (memoryMib === undefined || memoryMib === 0 ? DEFAULT_PLACE_MIB : memoryMib) * MEBIBYTE;
  return { MUSTER_S_PLACES: PRIVATE_PLACES, MUSTER_S_KEPT: keptIn(directory), MUSTER_S_SIZE: String(size) };
}

/** An agent whose data lies in a shared place, as on a first try, keeps the folder there that they are in: tasks have their home in it. */
export function keptIn(directory: string): string {
  const place = SHARED_PLACES.find((each) => directory.startsWith(`${each}/`));
  if (place === undefined) return '';
  return path.join(place, directory.slice(place.length + 1).split('/')[0] ?? '');
}
