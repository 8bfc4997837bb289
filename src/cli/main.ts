#!/usr/bin/env node
import { CommanderError } from 'commander';
import { MusterError } from '#domain/kernel/errors/index.js';
import { Failure } from './shared/failure.js';
import { checkHabits } from './shared/habits.js';
import { createProgram } from './program.js';
import { warnLine } from './shared/output.js';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has closed the pipe (`muster events | head`), so there is nothing left to do. A command that has to be read to its end has set the status.
  if (error.code === 'EPIPE') process.exit();
  warnLine(`cannot write the output: ${error.message}`);
  process.exit(1);
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  // If nothing reads stderr, the command continues silently.
  if (error.code !== 'EPIPE') throw error;
});

try {
  const words = process.argv.slice(2);
  const program = await createProgram(words);
  checkHabits(program, words);
  await program.parseAsync();
} catch (error) {
  process.exitCode = await report(error);
}

async function report(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof Failure) {
    warnLine(error.message);
    return error.status;
  }
  if (error instanceof MusterError) {
    warnLine(`${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`);
    if (error.code === 'MUSTER_E_INVALID' && error.fields['field'] === 'MUSTER_EVENTSTORE_URL') return 78;
    return error.code === 'MUSTER_E_DATA_DIRECTORY_LOCKED' ? 75 : 1;
  }
  // Only commands that read settings throw this error, and they have already loaded the module.
  const { EXIT_BAD_SETTINGS, SettingsError } = await import('#src/process/index.js');
  if (error instanceof SettingsError) {
    warnLine(error.message);
    return EXIT_BAD_SETTINGS;
  }
  warnLine(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
}
