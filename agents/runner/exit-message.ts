import { constants } from 'node:os';
import { TaskStartError, type TaskExit } from '../drivers/driver.js';

export function exitMessage(exit: TaskExit): string {
  const { exitCode, outOfMemory, problem } = exit;
  if (outOfMemory && exitCode !== 0)
    return `out of memory${exitCode === null ? '' : ` (${codeText(exitCode)})`}`;
  if (problem !== undefined)
    return exitCode === null || exitCode === 125 ? problem : `${codeText(exitCode)}: ${problem}`;
  return exitCode === null ? 'its exit code is unknown' : codeText(exitCode);
}

function codeText(code: number): string {
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  if (signal !== undefined) return `exited with code ${code} (${signal})`;
  if (code === 126) return 'exited with code 126 (the program cannot be executed)';
  if (code === 127) return 'exited with code 127 (the program was not found)';
  return `exited with code ${code}`;
}

export function startProblemOf(error: unknown): string {
  return error instanceof TaskStartError
    ? error.message
    : `could not be started: ${error instanceof Error ? error.message : String(error)}`;
}

export function errorOf(exit: TaskExit): string | null {
  return exit.outOfMemory ? 'out of memory' : (exit.problem ?? null);
}
