import { canonicalJson } from '#domain/kernel/canonical.js';
import type { Finding } from '#domain/kernel/finding.js';

const MAX_FINDINGS = 100;
const SHOWN = 2000;

export function compareRecords(
  check: string,
  expected: ReadonlyMap<string, unknown>,
  kept: ReadonlyMap<string, unknown>,
): Finding[] {
  const findings: Finding[] = [];
  const report = (subject: string, detail: string): void => {
    if (findings.length < MAX_FINDINGS) findings.push({ check, subject, detail });
  };
  for (const [subject, record] of expected) {
    const events = canonicalJson(record);
    const found = kept.get(subject);
    const snapshot = found === undefined ? undefined : canonicalJson(found);
    if (snapshot === undefined) report(subject, 'is missing from the snapshot');
    else if (snapshot !== events)
      report(
        subject,
        `differs: the events give ${events.slice(0, SHOWN)}, the snapshot has ${snapshot.slice(0, SHOWN)}`,
      );
  }
  for (const subject of kept.keys())
    if (!expected.has(subject)) report(subject, 'is in the snapshot, but not in the events');
  return findings;
}
