/** Stream of the log's identity, written once. It has no category of Muster's, so every fold ignores it. */
export const IDENTITY_STREAM = 'storeIdentity-muster';
