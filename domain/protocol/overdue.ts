export function overdueMessage(seconds: number): string {
  return `ran longer than ${seconds} s and was stopped`;
}

const OVERDUE = /(?:^|: )ran longer than [\d.e+-]+ s and was stopped$/;

export function isOverdue(message: string | null): boolean {
  return message !== null && OVERDUE.test(message);
}
