import { Command } from 'commander';
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
import { version } from '#src/engine/version.js';

/** `muster` with all its commands, not yet given what was typed. */
export function createProgram(): Command {
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
  return program;
}
