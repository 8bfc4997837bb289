/** Thrown where nobody could ask: it says nothing of the task. */
export class NotAskedError extends Error {
  override readonly name = 'NotAskedError';
}

/** How a task that runs is asked whether it does its work. */
export interface TaskReach {
  /** Where a port that the task listens on is reached from this host. Throws where it is not; the message says why. */
  address(port: number): { readonly host: string; readonly port: number };
  /** Runs a program as the task's own: its user, its environment, its limits. Ended by force when the signal aborts. Resolves with its exit code. */
  exec(command: readonly string[], signal: AbortSignal): Promise<number>;
}
