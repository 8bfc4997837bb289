export const IDENTITY_STREAM = 'storeIdentity-muster';
/** In it, servers publish what they have signed of the log. It is no stream of Muster, so the signed tree does not contain it. */
export const SIGNED_TREE_STREAM = 'signedTree-muster';
