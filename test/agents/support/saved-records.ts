import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { readLines } from '#agents/journal/checked-lines.js';
import { Journal } from '#agents/journal/journal.js';
import type { AllocationRecord } from '#agents/journal/record.js';

export function savedRecord(dataDir: string, allocationId: string): AllocationRecord | undefined {
  const { lines } = readLines(readFileSync(path.join(dataDir, 'agent/journal/records.log')));
  const entries = lines.flatMap((line) =>
    'value' in line ? (line.value as [string, AllocationRecord][]) : [],
  );
  return entries.findLast(([id]) => id === allocationId)?.[1];
}

/** Writes these records to the journal, like an agent that has ended since. */
export async function saveRecords(dataDir: string, records: readonly AllocationRecord[]): Promise<void> {
  const { journal } = await Journal.open(path.join(dataDir, 'agent/journal'), pino({ level: 'silent' }));
  await Promise.all(records.map((record) => journal.save(record.allocationId, () => record)));
  await journal.close();
}
