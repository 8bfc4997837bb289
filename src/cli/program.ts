import { Command } from 'commander';
import { version } from '#src/engine/version.js';

/** Commands of one module. It is loaded only for its own commands, or for all, to keep the start of the others fast. */
interface CommandGroup {
  readonly names: readonly string[];
  readonly add: (program: Command) => Promise<void>;
}

/** In the order of the help text. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { names: ['server', 'agent', 'demo', 'openapi'], add: async (program) => (await import('./commands/role.js')).addRoleCommands(program) },
  { names: ['eventstore'], add: async (program) => (await import('./commands/eventstore.js')).addEventStoreCommand(program) },
  { names: ['job'], add: async (program) => (await import('./commands/job.js')).addJobCommands(program) },
  { names: ['node'], add: async (program) => (await import('./commands/node.js')).addNodeCommands(program) },
  { names: ['eval'], add: async (program) => (await import('./commands/evaluation.js')).addEvaluationCommands(program) },
  { names: ['template'], add: async (program) => (await import('./commands/template.js')).addTemplateCommands(program) },
  { names: ['task'], add: async (program) => (await import('./commands/task.js')).addTaskCommands(program) },
  { names: ['env'], add: async (program) => (await import('./commands/env.js')).addEnvCommands(program) },
  { names: ['secret'], add: async (program) => (await import('./commands/secret.js')).addSecretCommands(program) },
  { names: ['quota'], add: async (program) => (await import('./commands/quota.js')).addQuotaCommands(program) },
  { names: ['worker'], add: async (program) => (await import('./commands/worker.js')).addWorkerCommands(program) },
  { names: ['status'], add: async (program) => (await import('./commands/status.js')).addStatusCommand(program) },
  { names: ['service'], add: async (program) => (await import('./commands/service.js')).addServiceCommands(program) },
  { names: ['registry'], add: async (program) => (await import('./commands/registry.js')).addRegistryCommands(program) },
  { names: ['volume'], add: async (program) => (await import('./commands/volume.js')).addVolumeCommands(program) },
  { names: ['claim'], add: async (program) => (await import('./commands/claim.js')).addClaimCommands(program) },
  { names: ['login', 'logout', 'user'], add: async (program) => (await import('./commands/user.js')).addUserCommands(program) },
  { names: ['events'], add: async (program) => (await import('./commands/events.js')).addEventsCommand(program) },
  { names: ['verify'], add: async (program) => (await import('./commands/verify.js')).addVerifyCommand(program, dataDirectory()) },
  { names: ['rebuild'], add: async (program) => (await import('./commands/rebuild.js')).addRebuildCommand(program, dataDirectory()) },
  { names: ['backup', 'restore'], add: async (program) => (await import('./commands/backup.js')).addBackupCommands(program, dataDirectory()) },
  { names: ['export', 'import'], add: async (program) => (await import('./commands/export.js')).addMovingCommands(program) },
  { names: ['cluster'], add: async (program) => (await import('./commands/cluster.js')).addClusterCommands(program) },
  { names: ['version'], add: async (program) => (await import('./commands/version.js')).addVersionCommand(program) },
  { names: ['completion'], add: async (program) => (await import('./commands/completion.js')).addCompletionCommand(program) },
];

/** The completion script contains all commands. */
const NEEDS_ALL = 'completion';
/** Options that need no command. */
const NEEDS_NONE: readonly (string | undefined)[] = ['-V', '--version'];

/** Creates the program: with the commands of the module that provides `word`, with none to print the version, and otherwise with all. */
export async function createProgram(word?: string): Promise<Command> {
  const program = new Command('muster')
    .description('Runs work on a fleet of machines and records every decision as an event.')
    .version(version())
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for more)')
    .exitOverride();
  if (NEEDS_NONE.includes(word)) return program;
  const typed = COMMAND_GROUPS.filter(({ names }) => word !== undefined && word !== NEEDS_ALL && names.includes(word));
  for (const { add } of typed.length === 0 ? COMMAND_GROUPS : typed) await add(program);
  return program;
}

function dataDirectory(): string {
  return process.env['MUSTER_DATA_DIR'] ?? './data';
}
