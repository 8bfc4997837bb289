import { deadline } from '#agents/platform/clock/system-clock.js';
import type { SendToWitness } from './witnesses.js';

/** Timeout of a request to a witness, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** Generous, because a response is only a line or two. */
const MAX_ANSWER_BYTES = 16_384;

/** Sends requests only to the configured address. Redirects are refused. */
export function sendToWitnesses(signal: AbortSignal): SendToWitness {
  return async (url, body) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body,
      redirect: 'error',
      signal: AbortSignal.any([signal, deadline(TIMEOUT_MS)]),
    });
    return { status: response.status, body: await textOf(response) };
  };
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`its response has more than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
