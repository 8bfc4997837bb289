import type { Services } from '../shared/client.js';
import { tableLines, timeColumn, type Look } from '../shared/table.js';

export function serviceEventTable({ events }: Services['ServiceEventList'], look?: Look): string[] {
  return tableLines(
    ['NUMBER', timeColumn('TIME'), 'WHAT', 'BY'],
    events.map(({ number, at, text, by }) => [String(number), at, text, by ?? '-']),
    look,
  );
}
