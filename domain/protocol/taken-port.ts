const WORDS = '(port is already allocated|address already in use)';
/** Follows the reason if a tenant's process on the node listens on the port. */
export const HELD_BY_TENANT = ' by a process of a tenant';
const IN_DAEMONS_TEXT = new RegExp(`:(\\d{1,5})\\b[^\\n]{0,60}?${WORDS}`);
const IN_MESSAGE = new RegExp(`^task \\S{1,256}: port (\\d{1,5}): ${WORDS}(?:${HELD_BY_TENANT})?$`);

export interface TakenPort {
  readonly port: number;
  readonly problem: string;
}

/** Returns the host port that was taken when a container was to start, and the reason that the agent reports. Undefined if the daemon's text names another reason. */
export function takenPortProblem(said: string): TakenPort | undefined {
  const [, port, taken] = IN_DAEMONS_TEXT.exec(said) ?? [];
  return port === undefined || taken === undefined
    ? undefined
    : { port: Number(port), problem: `port ${port}: ${taken}` };
}

/** Returns the host port that was taken, according to the message of an allocation, or undefined if it failed for another reason. */
export function takenPortIn(message: string | null): number | undefined {
  const [, port] = IN_MESSAGE.exec(message ?? '') ?? [];
  return port === undefined ? undefined : Number(port);
}
