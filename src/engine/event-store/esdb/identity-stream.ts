export const IDENTITY_STREAM = 'storeIdentity-muster';
