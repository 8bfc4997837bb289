import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readLines } from '#agents/journal/checked-lines.js';
import type { AllocationRecord } from '#agents/journal/record.js';

export function savedRecord(dataDir: string, allocationId: string): AllocationRecord | undefined {
  const { lines } = readLines(readFileSync(path.join(dataDir, 'agent/journal/records.log')));
  const entries = lines.flatMap((line) =>
    'value' in line ? (line.value as [string, AllocationRecord][]) : [],
  );
  return entries.findLast(([id]) => id === allocationId)?.[1];
}
