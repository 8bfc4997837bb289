import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { TaskExit } from '../driver.js';
import type { KeptCall } from './call-log.js';

export function legacyCall(directory: string): KeptCall | undefined {
  const state = path.join(directory, 'state');
  const claim = statSync(path.join(state, 'claim'), { throwIfNoEntry: false });
  if (claim === undefined) return undefined;
  const claimedAt = claim.mtimeMs / 1000;
  try {
    // Older agents wrote the file atomically.
    const { result, ...end } = JSON.parse(readFileSync(path.join(state, 'end'), 'utf8')) as TaskExit;
    return { claimedAt, end: { ...end, ...(result !== undefined && { result: { ...result } }) } };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { claimedAt };
    throw error;
  }
}
