import { textOf } from '../../platform/files/file-text.js';
import { livingProcesses, sendSignal } from '../exec/process-table.js';

/** Variable of a command in a container. What the command starts inherits it, so its processes can be found by it. */
export const COMMAND_MARK = 'MUSTER_COMMAND_ID';

export interface CommandProcesses {
  /** Id of the container, which is in the name of its control group. */
  readonly container: string;
  /** The value of {@link COMMAND_MARK}. */
  readonly mark: string;
  /** Its first process, if that is still running. Docker starts it in a session of its own. */
  readonly first: number | undefined;
}

/**
 * Kills the first process of a command, and all that it started: processes that have its mark, are in its session, or descend from one of these. Returns
 * how many were found. A process may start another one in the meantime, so repeat until none is found. Those of a daemon on another machine are not found.
 */
export function killCommand({ container, mark, first }: CommandProcesses): number {
  const inside = livingProcesses().filter(
    ({ pid }) => textOf(`/proc/${pid}/cgroup`)?.includes(container) === true,
  );
  const marked = (pid: number): boolean =>
    textOf(`/proc/${pid}/environ`)?.split('\0').includes(`${COMMAND_MARK}=${mark}`) === true;
  const found = new Set(
    inside.flatMap(({ pid, session }) =>
      (first !== undefined && (pid === first || session === first)) || marked(pid) ? pid : [],
    ),
  );
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of inside) if (found.has(parent)) found.add(pid);
  }
  for (const pid of found) sendSignal(pid, 'SIGKILL');
  return found.size;
}
