import type { Services } from '../client.js';
import { tableLines } from '../output.js';

export function serviceEventTable({ events }: Services['ServiceEventList']): string[] {
  return tableLines(
    ['NUMBER', 'TIME', 'WHAT', 'BY'],
    events.map(({ number, at, text, by }) => [String(number), at, text, by ?? '-']),
  );
}
