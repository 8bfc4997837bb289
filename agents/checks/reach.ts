export class CheckImpossibleError extends Error {
  override readonly name = 'NotAskedError';
}

/** How checks reach a running task. */
export interface TaskReach {
  /** Returns where the host can reach a port of the task. Throws with an explanation if it cannot. */
  address(port: number): { readonly host: string; readonly port: number };
  /** Runs a program with the task's user, environment and limits and resolves to its exit code. It is killed when the signal aborts. */
  exec(command: readonly string[], signal: AbortSignal): Promise<number>;
}
