import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { deadline } from '../clock/system-clock.js';
import { killOnAbort } from '../run-program.js';
import { storePlace, type StorePlace } from './store-place.js';

const PROCESS = fileURLToPath(new URL('./ask-as-user-process.js', import.meta.url));
const TIMEOUT_MS = 30_000;
const MAX_ANSWER = 1_048_576;

/**
 * Which of these places let in a process of that user: `muster eventstore` asks for the owner of a connection, so what the agent reaches as root says nothing
 * of tenants. Rejects where that cannot be found out.
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
          throw new Error(`the process that asks stores as user ${uid} ended with ${code ?? 'a signal'}`);
        resolve(z.array(storePlace).parse(JSON.parse(answer)));
      } catch (error) {
        reject(error);
      }
    });
    child.stdin.end(JSON.stringify({ uid, places }));
  });
}
