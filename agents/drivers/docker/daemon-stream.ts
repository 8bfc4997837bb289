import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { z } from 'zod';

/** A longer line of a progress stream is refused, so that a daemon cannot fill the memory. In UTF-16 code units. */
const MAX_PROGRESS_LINE = 1_048_576;

/** Moby's `JSONMessage`. Everything else in it is for display. */
const progressLine = z.looseObject({
  error: z.string().optional(),
  errorDetail: z.looseObject({ message: z.string().optional() }).optional(),
});

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

/**
 * Reads the progress of a pull, import, load or build to its end, and throws what a line of it reports as an error. The daemon sends status 200 before
 * it knows whether the operation succeeds, and docker-modem's `followProgress` ignores such lines.
 */
export async function followProgress(progress: NodeJS.ReadableStream): Promise<void> {
  progress.setEncoding('utf8');
  let rest = '';
  for await (const piece of progress) {
    const lines = `${rest}${String(piece)}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_PROGRESS_LINE) throw new Error('a line of the progress is too long');
    lines.forEach(throwReported);
  }
  throwReported(rest);
}

function throwReported(line: string): void {
  if (line.trim() === '') return;
  const { error, errorDetail } = progressLine.parse(JSON.parse(line));
  const said = errorDetail?.message ?? error;
  if (errorDetail !== undefined || said !== undefined)
    throw new Error(said ?? 'the daemon reported an error without a message');
}
