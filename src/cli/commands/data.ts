import type { Command } from 'commander';
import { addBackupCommands } from './backup.js';
import { addEventsCommand } from './events.js';
import { addMovingCommands } from './export.js';
import { addRebuildCommand } from './rebuild.js';
import { addVerifyCommand } from './verify.js';

/** Commands that work on a data directory. */
export function addDataCommands(program: Command): void {
  const directory = process.env['MUSTER_DATA_DIR'] ?? './data';
  addEventsCommand(program);
  addVerifyCommand(program, directory);
  addRebuildCommand(program, directory);
  addBackupCommands(program, directory);
  addMovingCommands(program);
}
