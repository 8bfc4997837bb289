export class CheckImpossibleError extends Error {
  override readonly name = 'NotAskedError';
}

export interface TaskReach {
  address(port: number): { readonly host: string; readonly port: number };
  /** Runs a program with the task's user, environment and limits. Resolves to its exit code. The program is killed when the signal aborts. */
  exec(command: readonly string[], signal: AbortSignal): Promise<number>;
}
