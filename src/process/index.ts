export { generateDocuments, runAgent, runEventStore, runServer } from './run/on-demand.js';
export { FOLDS } from './read-side/folds.js';
export { SettingsError } from '#domain/kernel/settings/settings-error.js';
export { EXIT_BAD_SETTINGS, readSettings, requireSharedSecrets, type Settings } from './settings/settings.js';
