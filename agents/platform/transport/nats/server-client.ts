import { randomUUID } from 'node:crypto';
import {
  CHALLENGE_HEADER,
  desiredPage,
  textBlobPage,
  MAX_TEXT_BLOB_BYTES,
  MESSAGE_KEY_HEADER,
  type AllocationOrder,
  type DesiredAllocations,
  type DesiredPage,
} from '#domain/protocol/index.js';
import { joinTokenOnly, type NodeCredential } from '../../node-secret.js';
import { errorText, problemOf } from '../body.js';
import { CHALLENGED } from '../proof-exchange.js';
import {
  failureOf,
  NO_DOCUMENT,
  reportAnswer,
  unreadableList,
  withoutDocument,
  type ServerAnswer,
  type ServerClient,
  type ServerFailure,
} from '../server-client.js';
import type { NatsLink } from './link.js';
import { callFields, type Fields, type Reply } from './message.js';
import { requestSealed, type SealedReply } from './sealed-channel.js';
import { keysOfSecrets } from '../sealed-message.js';
import { nodeSubjects } from './subjects.js';

export interface NatsServerClientOptions {
  readonly link: NatsLink;
  readonly joinToken?: string | undefined;
  readonly credential?: NodeCredential;
  readonly requestTimeoutMs: number;
}

/** Maximum number of attempts to read a list that changes while its pages are read. */
const LIST_TRIES = 5;
const MAX_PAGES = 5_000;

interface Answered extends Reply {
  readonly kind: 'ok';
}

export function createNatsServerClient({
  link,
  joinToken,
  credential = joinTokenOnly(joinToken),
  requestTimeoutMs,
}: NatsServerClientOptions): ServerClient {
  const closing = new AbortController();
  const keyOf = keysOfSecrets(2);
  let challenge: string | undefined;

  async function call(
    subject: string,
    body: object,
    epoch: number | undefined,
    more: Fields = {},
  ): Promise<Answered | ServerFailure> {
    try {
      await link.whenConnected(requestTimeoutMs, closing.signal);
      const token = credential.token();
      if (token === undefined)
        return {
          kind: 'refused',
          problem: 'messages cannot be sealed: there is neither a join token nor a secret of the node',
        };
      const send = async (): Promise<SealedReply> => {
        const answer = await requestSealed({
          link,
          key: keyOf(token),
          subject,
          fields: { ...callFields(epoch), ...more, [CHALLENGE_HEADER]: challenge },
          body,
          timeoutMs: requestTimeoutMs,
          signal: closing.signal,
        });
        challenge = answer.fields[CHALLENGE_HEADER] ?? challenge;
        return answer;
      };
      let reply = await send();
      // The challenge of the last reply has expired.
      if (reply.status === CHALLENGED) reply = await send();
      if (reply.status === 200) return { kind: 'ok', ...reply };
      if (reply.status === 401) credential.doubt();
      // Only registrations have a key.
      const registers = more[MESSAGE_KEY_HEADER] !== undefined;
      return { kind: failureOf(reply.status, registers), problem: errorText(reply.body, reply.status) };
    } catch (error) {
      return { kind: 'unreachable', problem: problemOf(error) };
    }
  }

  async function report(
    subject: string,
    body: object,
    epoch: number | undefined,
    more: Fields = {},
  ): Promise<ServerAnswer | ServerFailure> {
    const reply = await call(subject, body, epoch, more);
    if (reply.kind !== 'ok') return reply;
    return await reportAnswer(reply.fields, credential);
  }

  async function page(
    nodeId: string,
    epoch: number,
    after: string | undefined,
  ): Promise<{ kind: 'ok'; page: DesiredPage } | ServerFailure> {
    const reply = await call(
      nodeSubjects.desired(nodeId),
      { node_id: nodeId, ...(after === undefined ? {} : { after }) },
      epoch,
    );
    if (reply.kind !== 'ok') return reply;
    const parsed = desiredPage.safeParse(reply.body);
    return parsed.success ? { kind: 'ok', page: parsed.data } : unreadableList(parsed.error);
  }

  async function list(
    nodeId: string,
    epoch: number,
  ): Promise<{ kind: 'ok'; desired: DesiredAllocations } | ServerFailure | undefined> {
    const allocations: AllocationOrder[] = [];
    let digest: string | undefined;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const answer = await page(nodeId, epoch, allocations.at(-1)?.allocation_id);
      if (answer.kind !== 'ok') return answer;
      const part = answer.page;
      digest ??= part.digest;
      if (part.digest !== digest) return undefined;
      allocations.push(...part.allocations);
      if (!part.more || part.allocations.length === 0)
        return {
          kind: 'ok',
          desired: {
            node_id: nodeId,
            epoch: part.epoch,
            digest,
            allocations,
            ...(part.kept && { kept: part.kept }),
          },
        };
    }
    return { kind: 'refused', problem: 'the desired list has too many pages' };
  }

  return {
    register: (body) =>
      report(nodeSubjects.register(body.node_id), body, undefined, { [MESSAGE_KEY_HEADER]: randomUUID() }),
    heartbeat: (body, epoch) => report(nodeSubjects.heartbeat(body.node_id), body, epoch),

    async desired(nodeId, epoch) {
      for (let tries = 0; tries < LIST_TRIES; tries += 1) {
        const answer = await list(nodeId, epoch);
        if (answer !== undefined) return answer;
      }
      return { kind: 'unreachable', problem: 'the desired list changes faster than it can be read' };
    },

    /** The pages may come from different servers, because the hash identifies the text. */
    async document(nodeId, hash) {
      let text = '';
      for (let after = 0; after <= MAX_TEXT_BLOB_BYTES; after = Buffer.byteLength(text)) {
        const reply = await call(nodeSubjects.document(nodeId), { node_id: nodeId, hash, after }, undefined);
        if (reply.kind !== 'ok') return withoutDocument(reply);
        const page = textBlobPage.safeParse(reply.body).data;
        if (page === undefined) return NO_DOCUMENT;
        text += page.text;
        if (!page.more) return { kind: 'ok', text };
        if (page.text === '') break;
      }
      return { kind: 'absent', problem: 'the document is too long or incomplete' };
    },

    close: async () => closing.abort(),
  };
}
