import { constants } from 'node:os';

/** Says how a program ended, with the shell's meaning of the code: 126 and 127 if it could not be run, 128 + n after signal n. */
export function exitCodeText(code: number): string {
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  if (signal !== undefined) return `exited with code ${code} (${signal})`;
  if (code === 126) return 'exited with code 126 (the program cannot be executed)';
  if (code === 127) return 'exited with code 127 (the program was not found)';
  return `exited with code ${code}`;
}
