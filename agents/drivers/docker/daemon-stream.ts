import type { Readable } from 'node:stream';
import type Docker from 'dockerode';

/**
 * Opens a raw response stream from the daemon. The stream fails if the daemon dies while it is open. dockerode's own calls never return in that case,
 * for example `wait`, whose response starts immediately and ends days later.
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
    // docker-modem appends the query to a path that ends in a question mark, and cuts off the last character of a path that already has a query.
    docker.modem.dial(
      {
        path: `${path}?`,
        method,
        options: { _query: query, _body: body },
        isStream: true,
        abortSignal: signal,
        statusCodes: { 200: true },
      },
      (error, answer) => {
        if (error !== null && error !== undefined)
          reject(error instanceof Error ? error : new Error(String(error)));
        else resolve(answer as Readable);
      },
    );
  });
}

export async function readAnswer(
  docker: Docker,
  method: 'GET' | 'POST',
  path: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of await openStream(docker, method, path, query, signal))
    chunks.push(Buffer.from(chunk as Uint8Array));
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
