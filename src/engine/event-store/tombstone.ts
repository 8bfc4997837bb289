import { SOFT_DELETED } from './append-rule.js';

export const TOMBSTONE_TYPE = '$streamDeleted';
/** Its revision in the log: the largest that a number represents exactly. */
export const TOMBSTONE_REVISION = SOFT_DELETED;
