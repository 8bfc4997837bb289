import { createHash } from 'node:crypto';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { TextBlobs } from '#domain/kernel/ports/text-blobs.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { TEXT_BLOB_HASH } from '#domain/protocol/index.js';
import { BackOff } from './platform/back-off.js';
import type { AgentLog } from './platform/log.js';
import type { ServerClient } from './platform/transport/server-client.js';

export interface FetchedDocumentsParts {
  readonly nodeId: string;
  readonly client: Pick<ServerClient, 'document'>;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly random: () => number;
}

/**
 * Fetches text blobs from the agent's server without caching them. While the server is unreachable or refuses the credential, it retries until the
 * signal aborts, because the node may be about to receive a new secret.
 */
export class FetchedDocuments implements TextBlobs {
  constructor(private readonly parts: FetchedDocumentsParts) {}

  async fetch(hash: string, signal: StopSignal): Promise<string> {
    if (!TEXT_BLOB_HASH.test(hash))
      throw new Error('the hash of a document must be a SHA-256 in hexadecimal');
    const { nodeId, client, clock, log, random } = this.parts;
    const backOff = new BackOff(200, 15_000, random);
    let stop: () => void = () => undefined;
    const stopped = new Promise<undefined>((resolve) => (stop = () => resolve(undefined)));
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        const answer = await Promise.race([client.document(nodeId, hash), stopped]);
        if (answer === undefined) break;
        if (answer.kind === 'ok') return checked(answer.text, hash);
        if (answer.kind === 'absent')
          throw new Error(`the server has no document ${hash}: ${answer.problem}`);
        log.warn({ hash, kind: answer.kind, problem: answer.problem }, 'agent.document.failed');
        await clock.sleep(backOff.next(), signal);
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
    throw new Error(`the request for document ${hash} was cancelled`);
  }
}

function checked(text: string, hash: string): string {
  const found = createHash('sha256').update(text).digest('hex');
  if (found !== hash)
    throw new Error(`the server sent a different text for document ${hash}: its SHA-256 is ${found}`);
  return text;
}
