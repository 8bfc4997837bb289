/** Reads a body to its end as JSON; `undefined` where it is none. Throws where it is larger than `limit` bytes. */
export async function readJson(body: AsyncIterable<Uint8Array>, limit: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) throw new Error(`the answer is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The `error` of an answer in the contract's shape, cut to a sane length; else a text made of the status. */
export function errorText(body: unknown, status: number): string {
  if (typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string') return body.error.slice(0, 2000);
  return `answered ${status}`;
}

/** What went wrong with a request, in one line. */
export function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return `${error.message.startsWith(code) ? '' : code}${error.message || error.name}`.slice(0, 500);
}
