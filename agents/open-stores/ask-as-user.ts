import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { deadline } from '../platform/clock/system-clock.js';
import { killOnAbort } from '../run-program.js';
import { storePlace, type StorePlace } from './store-place.js';

const PROCESS = fileURLToPath(new URL('./ask-as-user-process.js', import.meta.url));
const TIMEOUT_MS = 30_000;
const MAX_ANSWER = 1_048_576;

/**
 * Returns the stores that accept a process of this user without credentials. `muster eventstore` checks the owner of a connection, so the agent's own
 * access as root proves nothing about tenants. Rejects if the check fails.
 */
export function askAsUser(
  uid: number,
  places: readonly StorePlace[],
  life: AbortSignal,
): Promise<StorePlace[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROCESS], {
      env: {},
      cwd: '/',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    killOnAbort(child, AbortSignal.any([life, deadline(TIMEOUT_MS)]));
    let answer = '';
    child.stdout.on('data', (chunk: Buffer) => {
      answer = (answer + chunk.toString()).slice(0, MAX_ANSWER);
    });
    child.stdin.on('error', reject);
    child.once('error', reject);
    child.once('close', (code) => {
      try {
        if (code !== 0)
          throw new Error(
            `the process that checks stores as user ${uid} ${code === null ? 'was killed by a signal' : `exited with code ${code}`}`,
          );
        resolve(z.array(storePlace).parse(JSON.parse(answer)));
      } catch (error) {
        reject(error);
      }
    });
    child.stdin.end(JSON.stringify({ uid, places }));
  });
}
