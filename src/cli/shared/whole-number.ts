import { Failure } from './failure.js';

export function wholeNumber(text: string, option: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Failure(`${option} ${text}: must be a whole number`);
  return Number(text);
}
