#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { MusterError } from '#domain/errors/index.js';
import { EXIT_BAD_SETTINGS, SettingsError } from '#src/server/index.js';
import { addClaimCommands } from './commands/claim.js';
import { addClusterCommands } from './commands/cluster.js';
import { addCompletionCommand } from './commands/completion.js';
import { addDataCommands } from './commands/data.js';
import { addEvaluationCommands } from './commands/evaluation.js';
import { addEventStoreCommand } from './commands/eventstore.js';
import { addJobCommands } from './commands/job.js';
import { addNodeCommands } from './commands/node.js';
import { addRoleCommands } from './commands/role.js';
import { addTemplateCommands } from './commands/template.js';
import { addUserCommands } from './commands/user.js';
import { addVersionCommand } from './commands/version.js';
import { Failure } from './failure.js';
import { printableLines } from './output.js';
import { version } from '#src/engine/version.js';

const program = new Command('muster')
  .description('Runs work on a fleet of machines, and keeps every decision as an event.')
  .version(version())
  .showSuggestionAfterError()
  .showHelpAfterError('(add --help for more)')
  .exitOverride();

addRoleCommands(program);
addEventStoreCommand(program);
addJobCommands(program);
addNodeCommands(program);
addEvaluationCommands(program);
addTemplateCommands(program);
addClaimCommands(program);
addUserCommands(program);
addDataCommands(program);
addClusterCommands(program);
addVersionCommand(program);
addCompletionCommand(program);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has gone (`muster events | head`): nothing is left to do.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof SettingsError) {
    process.stderr.write(`${printableLines(error.message)}\n`);
    return EXIT_BAD_SETTINGS;
  }
  if (error instanceof Failure) {
    process.stderr.write(`${printableLines(error.message)}\n`);
    return error.status;
  }
  if (error instanceof MusterError) {
    process.stderr.write(`${printableLines(error.message)}${error.hint === undefined ? '' : `\n${error.hint}`}\n`);
    return error.code === 'MUSTER_E_DATA_DIRECTORY_LOCKED' ? 75 : 1;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
