/** Kinds of callers, in the order of the table's columns. */
export const CALLERS = ['nobody', 'wrong token', 'user', 'other user', 'tenant admin', 'admin', 'other key', 'node'] as const;
export type Caller = (typeof CALLERS)[number];
