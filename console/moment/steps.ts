import type { QueryClient } from '@tanstack/react-query';
import { read } from '../api/client.js';
import type { Answer } from '../api/client.js';
import { changesOf, nextTo } from './search.js';

interface Changes {
  readonly changes: readonly { readonly position: string }[];
}

/** Returns the range around the moment in which no response on the page changes. */
function spansOf(
  client: QueryClient,
  at: string,
): { readonly from: bigint; readonly until: bigint | undefined } {
  let from = 0n;
  let until: bigint | undefined;
  for (const query of client.getQueryCache().findAll({ type: 'active' })) {
    if (query.queryKey[2] !== at) continue;
    const { span } = (query.state.data as Answer<unknown> | undefined) ?? {};
    if (span === undefined) continue;
    if (span.from > from) from = span.from;
    if (span.until !== undefined && (until === undefined || span.until < until)) until = span.until;
  }
  return { from, until };
}

/** Returns the position of the page's previous or next change, or undefined if there is none. */
export async function changeNextTo(
  direction: 'previous' | 'next',
  {
    client,
    at,
    head,
    subject,
  }: {
    readonly client: QueryClient;
    readonly at: string | undefined;
    readonly head: string | undefined;
    readonly subject: string | undefined;
  },
): Promise<string | undefined> {
  if (subject !== undefined) return await changeOf(subject, direction, at, head);
  if (at === undefined) return direction === 'previous' ? head : undefined;
  const { from, until } = spansOf(client, at);
  if (direction === 'next') return until === undefined ? undefined : String(until);
  const position = BigInt(at);
  if (position > from) return String(from);
  return position > 0n ? String(position - 1n) : undefined;
}

async function changeOf(
  subject: string,
  direction: 'previous' | 'next',
  at: string | undefined,
  head: string | undefined,
): Promise<string | undefined> {
  if (subject.startsWith('node:')) return await workOn(subject, direction, at, head);
  const of = `/audit/changes?of=${encodeURIComponent(subject)}&limit=1`;
  if (direction === 'next' && at === undefined) return undefined;
  const range =
    direction === 'next'
      ? `&direction=forwards&from=${BigInt(at ?? 0) + 1n}`
      : at === undefined
        ? head === undefined
          ? ''
          : `&to=${head}`
        : `&to=${BigInt(at) - 1n}`;
  const { body } = await read<Changes>(of + range, undefined);
  return body.changes[0]?.position;
}

/** A node's page also shows its allocations. Their changes are not changes of the node itself. */
async function workOn(
  node: string,
  direction: 'previous' | 'next',
  at: string | undefined,
  head: string | undefined,
): Promise<string | undefined> {
  if (direction === 'next' && at === undefined) return undefined;
  const found = await nextTo(direction, { at, head }, changesOf(node), () => true);
  if (found.position === undefined && !found.complete)
    throw new Error('Nothing on this page changed near this moment.');
  return found.position;
}
