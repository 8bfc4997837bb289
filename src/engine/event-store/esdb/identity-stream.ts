/** Where a log's identity is written, once. No category of Muster's own, so every fold passes it by. */
export const IDENTITY_STREAM = 'storeIdentity-muster';
