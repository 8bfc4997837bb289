import { SOFT_DELETED } from './append-rule.js';

/** Marks the end of a stream that a protocol client tombstoned. */
export const TOMBSTONE_TYPE = '$streamDeleted';
/** Its revision in the log: the largest that a number represents exactly. */
export const TOMBSTONE_REVISION = SOFT_DELETED;
