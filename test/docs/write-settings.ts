import { writeFileSync } from 'node:fs';
import { settingsTable } from '#src/server/settings/table.js';
import { OPERATIONS, withTable } from './settings-page.js';

/** `node dist/test/docs/write-settings.js`: updates the table of settings in docs/operations.md after a setting was added or changed. */
writeFileSync(OPERATIONS, withTable(settingsTable()));
