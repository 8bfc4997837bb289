import type { Readable } from 'node:stream';
import type Docker from 'dockerode';

/**
 * An answer of the daemon as the stream that it is. dockerode's own calls never return when the daemon dies in the middle of
 * an answer (`wait` begins its answer at once and ends it days later); here the stream ends with an error.
 */
export function openStream(
  docker: Docker,
  method: 'GET' | 'POST',
  path: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
  body: Readonly<Record<string, unknown>> = {},
): Promise<Readable> {
  return new Promise((resolve, reject) => {
    // docker-modem puts the query behind a path that ends in a question mark; of one that has its query already it cuts off the last character.
    docker.modem.dial(
      { path: `${path}?`, method, options: { _query: query, _body: body }, isStream: true, abortSignal: signal, statusCodes: { 200: true } },
      (error, answer) => {
        if (error !== null && error !== undefined) reject(error instanceof Error ? error : new Error(String(error)));
        else resolve(answer as Readable);
      },
    );
  });
}

/** The same, read to its end as JSON. */
export async function readAnswer(
  docker: Docker,
  method: 'GET' | 'POST',
  path: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of await openStream(docker, method, path, query, signal)) chunks.push(Buffer.from(chunk as Uint8Array));
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
