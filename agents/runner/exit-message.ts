import { exitCodeText } from '../checks/exit-code.js';
import { TaskStartError, type TaskExit } from '../drivers/driver.js';

export function exitMessage(exit: TaskExit): string {
  const { exitCode, outOfMemory, problem } = exit;
  if (outOfMemory && exitCode !== 0)
    return `out of memory${exitCode === null ? '' : ` (${exitCodeText(exitCode)})`}`;
  if (problem !== undefined)
    return exitCode === null || exitCode === 125 ? problem : `${exitCodeText(exitCode)}: ${problem}`;
  return exitCode === null ? 'its exit code is unknown' : exitCodeText(exitCode);
}

export function startProblemOf(error: unknown): string {
  return error instanceof TaskStartError
    ? error.message
    : `could not be started: ${error instanceof Error ? error.message : String(error)}`;
}

export function errorOf(exit: TaskExit): string | null {
  return exit.outOfMemory ? 'out of memory' : (exit.problem ?? null);
}
