import type { Services } from '../shared/client.js';
import { tableLines } from '../shared/output.js';

export function serviceEventTable({ events }: Services['ServiceEventList']): string[] {
  return tableLines(
    ['NUMBER', 'TIME', 'WHAT', 'BY'],
    events.map(({ number, at, text, by }) => [String(number), at, text, by ?? '-']),
  );
}
