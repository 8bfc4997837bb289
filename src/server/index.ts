export { generateDocuments, runAgent, runEventStore, runServer } from './on-demand.js';
export { FOLDS } from './folds.js';
export { secretSetting } from './settings/secret-files.js';
export {
  EXIT_BAD_SETTINGS,
  SettingsError,
  readSettings,
  requireSharedSecrets,
  type Settings,
} from './settings/settings.js';
