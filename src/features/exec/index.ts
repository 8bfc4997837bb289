export {
  AgentSession,
  COMMANDS_PER_TENANT,
  doneOrThrow,
  nodeShareOf,
  RunningCommand,
  TenantCommands,
  type CommandParts,
  type CommandTarget,
  type SessionTarget,
} from './running-command.js';
