/** The agent's error message for a task that exceeded its time limit. */
export function overdueMessage(seconds: number): string {
  return `ran longer than ${seconds} s and was stopped`;
}

const OVERDUE = /(?:^|: )ran longer than [\d.e+-]+ s and was stopped$/;

/** Returns whether the message is that of an exceeded time limit. */
export function isOverdue(message: string | null): boolean {
  return message !== null && OVERDUE.test(message);
}
