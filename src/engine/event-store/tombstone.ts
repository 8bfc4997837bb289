import { SOFT_DELETED } from './append-rule.js';

export const TOMBSTONE_TYPE = '$streamDeleted';
/** Revision of a tombstone in the log: the largest integer that a JavaScript number represents exactly. */
export const TOMBSTONE_REVISION = SOFT_DELETED;
