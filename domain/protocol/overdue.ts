/** What an agent says of a task that ran longer than it may, and why it has failed. */
export function overdueMessage(seconds: number): string {
  return `ran longer than ${seconds} s and was stopped`;
}

const OVERDUE = /(?:^|: )ran longer than [\d.e+-]+ s and was stopped$/;

/** Whether a task, or an allocation, failed because it ran longer than it may. */
export function isOverdue(message: string | null): boolean {
  return message !== null && OVERDUE.test(message);
}
