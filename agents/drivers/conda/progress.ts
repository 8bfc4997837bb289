import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '#domain/kernel/ports/clock.js';

const REPORT_INTERVAL_MS = 1_000;

export async function withProgress(
  prefix: string,
  packages: number,
  say: (line: string) => void,
  clock: Pick<Clock, 'sleep'>,
  making: Promise<void>,
): Promise<void> {
  const made = new AbortController();
  const watched = watch(prefix, packages, say, clock, made.signal);
  try {
    await making;
  } finally {
    made.abort();
    await watched;
  }
}

async function watch(
  prefix: string,
  packages: number,
  say: (line: string) => void,
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): Promise<void> {
  for (let told = 0; ;) {
    await clock.sleep(REPORT_INTERVAL_MS, signal);
    if (signal.aborted) return;
    const has = Math.min(installedIn(prefix), packages);
    if (has > told) say(`${has} of ${packages} packages`);
    told = Math.max(told, has);
  }
}

function installedIn(prefix: string): number {
  const ofConda = namesIn(path.join(prefix, 'conda-meta')).filter((name) => name.endsWith('.json')).length;
  const site = namesIn(path.join(prefix, 'lib')).filter((name) => /^python3\.\d+$/.test(name));
  const ofPip = site
    .flatMap((name) => namesIn(path.join(prefix, 'lib', name, 'site-packages')))
    .filter((name) => name.endsWith('.dist-info')).length;
  return Math.max(ofConda, ofPip);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
