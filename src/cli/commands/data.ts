import type { Command } from 'commander';
import { addEventsCommand } from './events.js';

/** Commands that work on a data directory: `muster events`, `muster verify`, `muster rebuild`. */
export function addDataCommands(program: Command): void {
  const directory = process.env['MUSTER_DATA_DIR'] ?? './data';
  addEventsCommand(program, directory);
}
