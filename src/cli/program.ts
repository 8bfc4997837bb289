import { Command, Help } from 'commander';
import { dataDirectory, useUtc } from '#agents/platform/environment.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import { version } from '#src/engine/version.js';
import { COMPLETE_NAMES } from './server/named-kinds.js';

/** Commands of one module. To start other commands faster, the module is loaded only for its own commands, or if all are needed. */
interface CommandGroup {
  /** Heading in the list of all commands. */
  readonly heading: string;
  /** What each command is for, in one line of that list. The help of the command says more. */
  readonly commands: Readonly<Record<string, string>>;
  readonly add: (program: Command) => Promise<void>;
  /** Whether it is for programs, and therefore not listed. */
  readonly hidden?: true;
}

const WORK = 'Work:';
const FLEET = 'Fleet:';
const RECORD = 'Record:';
const ACCOUNTS = 'Accounts:';
const SERVER = 'Server:';
const STORED = 'Stored data:';

export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    heading: WORK,
    commands: { job: 'submit, inspect and stop jobs' },
    add: async (program) => {
      const job = (await import('./jobs/job.js')).addJobCommands(program);
      (await import('./log/history.js')).addJobHistoryCommand(job);
      (await import('./log/why.js')).addWhyOf(program, 'job');
    },
  },
  {
    heading: WORK,
    commands: { alloc: 'inspect the allocations of jobs, and run commands in them' },
    add: async (program) => {
      const allocation = (await import('./jobs/alloc.js')).addAllocationCommands(program);
      (await import('./log/history.js')).addAllocationHistoryCommand(allocation);
      (await import('./log/why.js')).addWhyOf(program, 'alloc', 'allocation');
    },
  },
  {
    heading: WORK,
    commands: { exec: 'the same as muster alloc exec' },
    add: async (program) => (await import('./jobs/exec-command.js')).addExecCommand(program),
  },
  {
    heading: WORK,
    commands: { cp: 'the same as muster alloc cp' },
    add: async (program) => (await import('./jobs/alloc-cp.js')).addCopyCommand(program),
  },
  {
    heading: WORK,
    commands: { task: 'schedule tasks, run them, and see their runs' },
    add: async (program) => (await import('./tasks/task.js')).addTaskCommands(program),
  },
  {
    heading: WORK,
    commands: { service: 'deploy and update long-running services' },
    add: async (program) => {
      (await import('./services/service.js')).addServiceCommands(program);
      (await import('./log/why.js')).addWhyOf(program, 'service');
    },
  },
  {
    heading: WORK,
    commands: { volume: 'manage the volumes of services' },
    add: async (program) => (await import('./services/volume.js')).addVolumeCommands(program),
  },
  {
    heading: WORK,
    commands: { env: 'build conda environments' },
    add: async (program) => (await import('./environments/env.js')).addEnvCommands(program),
  },
  {
    heading: WORK,
    commands: { claim: 'claim GPUs' },
    add: async (program) => {
      (await import('./gpu/claim.js')).addClaimCommands(program);
      (await import('./log/why.js')).addWhyOf(program, 'claim');
    },
  },
  {
    heading: WORK,
    commands: { template: 'manage job templates' },
    add: async (program) => (await import('./jobs/template.js')).addTemplateCommands(program),
  },
  {
    heading: FLEET,
    commands: { node: 'inspect, drain, revoke and remove nodes' },
    add: async (program) => {
      (await import('./nodes/node.js')).addNodeCommands(program);
      (await import('./log/why.js')).addWhyOf(program, 'node');
    },
  },
  {
    heading: FLEET,
    commands: { top: 'show what nodes and allocations use now' },
    add: async (program) => (await import('./nodes/top.js')).addTopCommands(program),
  },
  {
    heading: FLEET,
    commands: { worker: 'inspect and drain the workers of tasks' },
    add: async (program) => (await import('./nodes/worker.js')).addWorkerCommands(program),
  },
  {
    heading: FLEET,
    commands: { status: "show the state of the server and today's runs" },
    add: async (program) => (await import('./tasks/status.js')).addStatusCommand(program),
  },
  {
    heading: FLEET,
    commands: { eval: 'inspect scheduling decisions' },
    add: async (program) => (await import('./jobs/evaluation.js')).addEvaluationCommands(program),
  },
  {
    heading: FLEET,
    commands: { 'what-if': 'see what the scheduler would do after a change' },
    add: async (program) => (await import('./nodes/what-if.js')).addWhatIfCommand(program),
  },
  {
    heading: RECORD,
    commands: { why: 'explain the state of an object' },
    add: async (program) => (await import('./log/why.js')).addWhyCommand(program),
  },
  {
    heading: RECORD,
    commands: { events: 'print or follow the recorded events' },
    add: async (program) => (await import('./log/events.js')).addEventsCommand(program, await eventCatalog()),
  },
  {
    heading: RECORD,
    commands: { history: 'see when objects changed, and what changed them' },
    add: async (program) => (await import('./log/history.js')).addHistoryCommand(program),
  },
  {
    heading: RECORD,
    commands: { diff: 'compare an object at two moments' },
    add: async (program) => (await import('./log/diff.js')).addDiffCommand(program),
  },
  {
    heading: RECORD,
    commands: { tlog: 'prove that the record was not altered', evidence: 'print an event with its proof' },
    add: async (program) => (await import('./log/tlog.js')).addTlogCommands(program, await eventCatalog()),
  },
  {
    heading: RECORD,
    commands: { verify: 'rebuild every read model and compare it' },
    add: async (program) =>
      (await import('./log/verify.js')).addVerifyCommand(program, dataDirectory(), await eventCatalog()),
  },
  {
    heading: ACCOUNTS,
    commands: { login: 'log in', logout: 'log out', user: 'manage accounts' },
    add: async (program) => (await import('./accounts/user.js')).addUserCommands(program),
  },
  {
    heading: ACCOUNTS,
    commands: { context: 'choose between several servers' },
    add: async (program) => (await import('./accounts/context.js')).addContextCommands(program),
  },
  {
    heading: ACCOUNTS,
    commands: { token: 'manage your API keys' },
    add: async (program) => (await import('./accounts/token.js')).addTokenCommands(program),
  },
  {
    heading: ACCOUNTS,
    commands: { quota: 'show and set quotas' },
    add: async (program) => (await import('./accounts/quota.js')).addQuotaCommands(program),
  },
  {
    heading: ACCOUNTS,
    commands: { secret: 'manage named secrets' },
    add: async (program) => (await import('./accounts/secret.js')).addSecretCommands(program),
  },
  {
    heading: ACCOUNTS,
    commands: { registry: 'manage the credentials of image registries' },
    add: async (program) => (await import('./services/registry.js')).addRegistryCommands(program),
  },
  {
    heading: SERVER,
    commands: {
      server: 'run a server',
      agent: 'run a node agent',
      demo: 'run a server with example work',
      openapi: 'write the OpenAPI documents',
    },
    add: async (program) => (await import('./server/role.js')).addRoleCommands(program),
  },
  {
    heading: SERVER,
    commands: { eventstore: 'run an event store' },
    add: async (program) => (await import('./server/eventstore.js')).addEventStoreCommand(program),
  },
  {
    heading: SERVER,
    commands: { cluster: 'manage the cluster as a whole' },
    add: async (program) =>
      (await import('./server/cluster.js')).addClusterCommands(program, await eventCatalog()),
  },
  {
    heading: STORED,
    commands: { backup: 'copy the record into a new directory', restore: 'restore a backup' },
    add: async (program) =>
      (await import('./log/backup.js')).addBackupCommands(program, dataDirectory(), await eventCatalog()),
  },
  {
    heading: STORED,
    commands: { export: 'export all events', import: 'import an export into an empty log' },
    add: async (program) =>
      (await import('./log/export.js')).addMovingCommands(program, await eventCatalog()),
  },
  {
    heading: STORED,
    commands: { rebuild: 'rebuild a read model' },
    add: async (program) => (await import('./log/rebuild.js')).addRebuildCommand(program, dataDirectory()),
  },
  // Commander lists `help` under this heading, too.
  {
    heading: 'Commands:',
    commands: { version: 'show the versions of Muster and what it stands on' },
    add: async (program) => (await import('./server/version.js')).addVersionCommand(program),
  },
  {
    heading: 'Commands:',
    commands: { completion: 'print a shell completion script' },
    add: async (program) => (await import('./server/completion.js')).addCompletionCommand(program),
  },
  {
    heading: 'Commands:',
    commands: { [COMPLETE_NAMES]: 'print names for a completion script' },
    add: async (program) => (await import('./server/complete-names.js')).addCompleteNamesCommand(program),
    hidden: true,
  },
];

/** The list of all events is large, so it is loaded only for the commands that read any event. */
async function eventCatalog(): Promise<Catalog> {
  const { EVENT_CATALOG } = await import('#domain/all-events.js');
  return EVENT_CATALOG;
}

/** Adds `--utc` to the commands that show times. */
function addUtcOption(program: Command): void {
  const add = (command: Command): void => {
    if (command.options.some(({ long }) => long === '--output'))
      command.option('--utc', 'show times in UTC instead of the zone of this terminal');
    for (const each of command.commands) add(each);
  };
  add(program);
  program.hook('preAction', (_, command) => {
    if (command.opts<{ readonly utc?: true }>().utc === true) useUtc();
  });
}

const NEEDS_ALL = 'completion';
const USUAL = new Help();

/**
 * Creates the program. `words`: what the user typed. Only the module of the named command is loaded; if they name none, commands are only listed.
 * Default: all commands.
 */
export async function createProgram(words: readonly string[] = [NEEDS_ALL]): Promise<Command> {
  const program = new Command('muster')
    .description('Runs work on a fleet of machines and records every decision as an event.')
    .version(version())
    // The list of all commands shows only their names. Lists of subcommands show their arguments too.
    .configureHelp({
      subcommandTerm: (command) =>
        command.parent?.parent === null ? command.name() : USUAL.subcommandTerm(command),
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for more)')
    .exitOverride();
  const [word = ''] = words[0] === 'help' ? words.slice(1) : words;
  for (const { heading, commands, add, hidden = false } of COMMAND_GROUPS) {
    if (word === NEEDS_ALL || Object.hasOwn(commands, word)) await add(program);
    else for (const name of Object.keys(commands)) program.command(name, { hidden });
    for (const command of program.commands)
      if (Object.hasOwn(commands, command.name()))
        command.summary(commands[command.name()]!).helpGroup(heading);
  }
  addUtcOption(program);
  return program;
}
