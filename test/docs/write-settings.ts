import { writeFileSync } from 'node:fs';
import { settingsTable } from '#src/process/settings/table.js';
import { OPERATIONS, withTables } from './settings-page.js';

/** `node dist/test/docs/write-settings.js`: updates the tables of settings and variables in docs/operations.md after a setting was added or changed. */
writeFileSync(OPERATIONS, withTables(settingsTable()));
