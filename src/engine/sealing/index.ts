export { RootKey } from './root-key.js';
export { Sealer } from './sealer.js';
export { KEYS_FILE, KNOWN_KEYS_FILE, openSqliteKeys } from './sqlite-keys.js';
export { openMongoKeys } from './on-demand.js';
