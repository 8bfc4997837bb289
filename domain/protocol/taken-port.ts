const WORDS = '(port is already allocated|address already in use)';
const IN_DAEMONS_TEXT = new RegExp(`:(\\d{1,5})\\b[^\\n]{0,60}?${WORDS}`);
const IN_MESSAGE = new RegExp(`^task \\S{1,256}: port (\\d{1,5}): ${WORDS}$`);

/** Returns the agent's reason for a container that was not started because a host port is taken, or undefined if a daemon's text has another reason. */
export function takenPortProblem(said: string): string | undefined {
  const [, port, taken] = IN_DAEMONS_TEXT.exec(said) ?? [];
  return port === undefined || taken === undefined ? undefined : `port ${port}: ${taken}`;
}

/** Returns the host port that was taken, according to the message of an allocation, or undefined if it failed for another reason. */
export function takenPortIn(message: string | null): number | undefined {
  const [, port] = IN_MESSAGE.exec(message ?? '') ?? [];
  return port === undefined ? undefined : Number(port);
}
