import { chownSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ExecConfig } from '#domain/drivers/exec/index.js';
import type { TaskSpec } from '../driver.js';
import type { TaskUser } from './user.js';

/**
 * Returns the interpreter that the first line of a command chooses, and its argument. As for a file, everything after the interpreter is one argument.
 * Undefined if /bin/sh runs the command.
 */
export function interpreterOf({ command, args }: ExecConfig): [string, ...string[]] | undefined {
  if (args !== undefined) return undefined;
  const [, interpreter, argument] =
    /^#![ \t]*([^ \t\r\n]+)(?:[ \t]+([^\r\n]*[^ \t\r\n]))?/.exec(command) ?? [];
  if (interpreter === undefined) return undefined;
  return argument === undefined ? [interpreter] : [interpreter, argument];
}

export function scriptFile({ directory }: TaskSpec): string {
  return path.join(directory, 'script');
}

/** Writes the command to a file for its interpreter, because not every interpreter accepts a program as an argument. Only the task's user may read it. */
export function writeCommand(spec: TaskSpec<ExecConfig>, { owner }: TaskUser): void {
  if (interpreterOf(spec.config) === undefined) return;
  const file = scriptFile(spec);
  rmSync(file, { force: true });
  writeFileSync(file, spec.config.command, { mode: 0o500, flag: 'wx' });
  if (owner !== undefined) chownSync(file, owner.uid, owner.gid);
}
