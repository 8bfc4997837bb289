export {
  hasEnvironments,
  openEnvironment,
  openEnvironments,
  openGroup,
  sealEnvironment,
  sealEnvironments,
} from './environment.js';
export { withoutSecretWords } from './secret-words.js';
export { RootKey } from './root-key.js';
export { Sealer } from './sealer.js';
export { KEYS_FILE, KNOWN_KEYS_FILE, openSqliteKeys } from './sqlite-keys.js';
export { openMongoKeys } from './on-demand.js';
