/** The hidden command that completion scripts call for the names of objects. */
export const COMPLETE_NAMES = '__complete';

/** Kinds of objects whose names are completed, as the arguments of commands are called. */
export const NAMED_KINDS = ['job', 'allocation', 'node', 'task', 'service'] as const;
export type NamedKind = (typeof NAMED_KINDS)[number];
