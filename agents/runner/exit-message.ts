import { exitCodeText } from '../checks/exit-code.js';
import { TaskStartError, type TaskExit } from '../drivers/driver.js';

/** `memory`: the task's limit in MiB. Undefined or 0 if it has none, so that its node ran out of memory. */
export function exitMessage(exit: TaskExit, memory = 0): string {
  const { exitCode, outOfMemory, problem } = exit;
  if (outOfMemory && exitCode !== 0)
    return `out of memory${exitCode === null ? '' : ` (${exitCodeText(exitCode)})`}${limitText(memory)}`;
  if (problem !== undefined)
    return exitCode === null || exitCode === 125 ? problem : `${exitCodeText(exitCode)}: ${problem}`;
  return exitCode === null ? 'its exit code is unknown' : exitCodeText(exitCode);
}

function limitText(memory: number): string {
  return memory === 0
    ? ': the task has no limit, so its node had none left'
    : `: its limit is ${memory} MiB, from \`memory\` in the \`resources\` of its job or task`;
}

export function startProblemOf(error: unknown): string {
  return error instanceof TaskStartError
    ? error.message
    : `could not be started: ${error instanceof Error ? error.message : String(error)}`;
}

export function errorOf(exit: TaskExit): string | null {
  return exit.outOfMemory ? 'out of memory' : (exit.problem ?? null);
}
