import { z } from 'zod';
import type { MetricsOutcome } from '#domain/protocol/agent-channel.js';

export const METRICS_TIMEOUT_MS = 3000;
export const MAX_ANSWER_BYTES = 1_048_576;

export async function readBytes(body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) throw new Error(`the response is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export async function readJson(body: AsyncIterable<Uint8Array>, limit: number): Promise<unknown> {
  return jsonIn(await readBytes(body, limit));
}

export function jsonIn(bytes: Uint8Array, fatal = false): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Metrics in the contract's format, which does not specify the content of `gpus` and `system`. */
const contractMetrics = z.looseObject({
  node_id: z.string(),
  cpu_usage_percent: z.number(),
  memory_usage_percent: z.number(),
  gpus: z.array(z.unknown()),
  system: z.looseObject({}),
});

export function metricsOutcome(status: number, bytes: Uint8Array): MetricsOutcome {
  const body = jsonIn(bytes, true);
  if (status !== 200) return { kind: 'unknown', problem: errorText(body, status) };
  if (body === undefined) return { kind: 'unknown', problem: 'the response is not JSON' };
  const parsed = contractMetrics.safeParse(body);
  return parsed.success
    ? { kind: 'found', bytes }
    : {
        kind: 'unknown',
        problem: `the response is not the metrics of a node: ${parsed.error.issues[0]?.path.join('.') ?? ''}`,
      };
}

/** Returns the `error` of a response in the contract's format, truncated, or a text that contains the status. */
export function errorText(body: unknown, status: number): string {
  if (typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string')
    return body.error.slice(0, 2000);
  return `answered ${status}`;
}

export function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return `${error.message.startsWith(code) ? '' : code}${error.message || error.name}`.slice(0, 500);
}
