import { SOFT_DELETED } from './append-rule.js';

/** Marks the end of a stream that a client of the wire tombstoned. */
export const TOMBSTONE_TYPE = '$streamDeleted';
/** Its revision in the log: the largest that a number names exactly. */
export const TOMBSTONE_REVISION = SOFT_DELETED;
