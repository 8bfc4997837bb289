import { Command } from 'commander';
import { dataDirectory } from '#agents/platform/environment.js';
import { version } from '#src/engine/version.js';

/** Commands of one module. To start other commands faster, the module is loaded only for its own commands, or if all are needed. */
interface CommandGroup {
  readonly names: readonly string[];
  readonly add: (program: Command) => Promise<void>;
}

export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    names: ['server', 'agent', 'demo', 'openapi'],
    add: async (program) => (await import('./server/role.js')).addRoleCommands(program),
  },
  {
    names: ['eventstore'],
    add: async (program) => (await import('./server/eventstore.js')).addEventStoreCommand(program),
  },
  { names: ['job'], add: async (program) => (await import('./jobs/job.js')).addJobCommands(program) },
  { names: ['node'], add: async (program) => (await import('./nodes/node.js')).addNodeCommands(program) },
  {
    names: ['eval'],
    add: async (program) => (await import('./jobs/evaluation.js')).addEvaluationCommands(program),
  },
  {
    names: ['template'],
    add: async (program) => (await import('./jobs/template.js')).addTemplateCommands(program),
  },
  { names: ['task'], add: async (program) => (await import('./tasks/task.js')).addTaskCommands(program) },
  { names: ['env'], add: async (program) => (await import('./environments/env.js')).addEnvCommands(program) },
  {
    names: ['secret'],
    add: async (program) => (await import('./accounts/secret.js')).addSecretCommands(program),
  },
  {
    names: ['quota'],
    add: async (program) => (await import('./accounts/quota.js')).addQuotaCommands(program),
  },
  {
    names: ['worker'],
    add: async (program) => (await import('./nodes/worker.js')).addWorkerCommands(program),
  },
  {
    names: ['status'],
    add: async (program) => (await import('./tasks/status.js')).addStatusCommand(program),
  },
  {
    names: ['service'],
    add: async (program) => (await import('./services/service.js')).addServiceCommands(program),
  },
  {
    names: ['registry'],
    add: async (program) => (await import('./services/registry.js')).addRegistryCommands(program),
  },
  {
    names: ['volume'],
    add: async (program) => (await import('./services/volume.js')).addVolumeCommands(program),
  },
  { names: ['claim'], add: async (program) => (await import('./gpu/claim.js')).addClaimCommands(program) },
  {
    names: ['login', 'logout', 'user'],
    add: async (program) => (await import('./accounts/user.js')).addUserCommands(program),
  },
  {
    names: ['what-if'],
    add: async (program) => (await import('./nodes/what-if.js')).addWhatIfCommand(program),
  },
  { names: ['why'], add: async (program) => (await import('./log/why.js')).addWhyCommand(program) },
  { names: ['events'], add: async (program) => (await import('./log/events.js')).addEventsCommand(program) },
  {
    names: ['history'],
    add: async (program) => (await import('./log/history.js')).addHistoryCommand(program),
  },
  { names: ['diff'], add: async (program) => (await import('./log/diff.js')).addDiffCommand(program) },
  {
    names: ['verify'],
    add: async (program) => (await import('./log/verify.js')).addVerifyCommand(program, dataDirectory()),
  },
  {
    names: ['tlog', 'evidence'],
    add: async (program) => (await import('./log/tlog.js')).addTlogCommands(program),
  },
  {
    names: ['rebuild'],
    add: async (program) => (await import('./log/rebuild.js')).addRebuildCommand(program, dataDirectory()),
  },
  {
    names: ['backup', 'restore'],
    add: async (program) => (await import('./log/backup.js')).addBackupCommands(program, dataDirectory()),
  },
  {
    names: ['export', 'import'],
    add: async (program) => (await import('./log/export.js')).addMovingCommands(program),
  },
  {
    names: ['cluster'],
    add: async (program) => (await import('./server/cluster.js')).addClusterCommands(program),
  },
  {
    names: ['version'],
    add: async (program) => (await import('./server/version.js')).addVersionCommand(program),
  },
  {
    names: ['completion'],
    add: async (program) => (await import('./server/completion.js')).addCompletionCommand(program),
  },
];

const NEEDS_ALL = 'completion';
const NEEDS_NONE: readonly (string | undefined)[] = ['-V', '--version'];

/** Creates the program with the commands of the module that provides `word`, with no commands to print the version, or otherwise with all. */
export async function createProgram(word?: string): Promise<Command> {
  const program = new Command('muster')
    .description('Runs work on a fleet of machines and records every decision as an event.')
    .version(version())
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for more)')
    .exitOverride();
  if (NEEDS_NONE.includes(word)) return program;
  const typed = COMMAND_GROUPS.filter(
    ({ names }) => word !== undefined && word !== NEEDS_ALL && names.includes(word),
  );
  for (const { add } of typed.length === 0 ? COMMAND_GROUPS : typed) await add(program);
  return program;
}
