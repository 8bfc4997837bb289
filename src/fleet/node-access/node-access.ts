import { LRUCache } from 'lru-cache';
import { JOIN_KEY, NODE_SECRET_PREFIX as PREFIX } from '#agents/platform/node-secret.js';
import { Challenges } from '#agents/platform/challenges.js';
import { orderToken } from '#agents/platform/order-token.js';
import { sameSecret } from '#agents/platform/same-secret.js';
import { macOf, readProof, type ProvenRequest } from '#agents/platform/transport/agent-proof.js';
import {
  HeardMessages,
  isMessageId,
  keysOfSecrets,
  type ChannelKey,
} from '#agents/platform/transport/sealed-message.js';
import { enrolments } from '#domain/nodes/enrolment/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { IDENTIFIER } from '#domain/kernel/identifier.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import {
  uncausedContext,
  type CommandContext,
  type CommandExecutor,
} from '#domain/kernel/ports/command-executor.js';
import type { RootKey } from '#src/engine/sealing/index.js';
import { expiryClock, maxEntries } from '#src/engine/cache-options.js';
import { unauthorized, type NodePrincipal } from '#src/accounts/index.js';

const BEARER_JOIN =
  "the join token is not accepted as a bearer token, because any program on the server's port then receives it. " +
  'Upgrade the agent, or set MUSTER_ALLOW_BEARER_JOIN=true on the servers until all agents are upgraded';
const CACHE = { ...maxEntries(100_000), ttl: 60_000 };

export interface NodeAccessOptions {
  readonly executor: CommandExecutor;
  readonly root: RootKey;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly joinToken?: string | undefined;
  /** Whether older and third-party agents may send the join token itself. Default: false. */
  readonly allowBearerJoin?: boolean | undefined;
}

export interface NamedCredential {
  readonly secret: string;
  readonly principal: NodePrincipal;
}

/** A request whose sender proved over HTTP that it knows a secret. The reply is sealed with the same key. */
export interface ProvenAgent {
  readonly principal: NodePrincipal;
  readonly key: ChannelKey;
  readonly id: string;
  /** SHA-256 that the body must have, in base64url. */
  readonly body: string;
}

/** Decides who may act for which node. The join token is valid for a node until it first uses its own secret, which is valid only for that node. */
export class NodeAccess {
  readonly #bound: LRUCache<string, true>;
  readonly #secrets: LRUCache<string, string>;
  readonly #keyOf = keysOfSecrets(10_000);
  readonly #heard = new HeardMessages();
  readonly challenges: Challenges;

  constructor(private readonly options: NodeAccessOptions) {
    const kept = { ...CACHE, ...expiryClock(options.clock) };
    this.#bound = new LRUCache(kept);
    this.#secrets = new LRUCache(kept);
    this.challenges = new Challenges((time) => options.root.digest('challenges', time), options.clock);
  }

  /** Derives a node's secret from the data key, so that every server can compute it and none has to store it. */
  async secretOf(nodeId: string): Promise<string> {
    const { series } = await this.options.executor.load(enrolments, nodeId);
    return this.#secret(nameOf(nodeId, series));
  }

  /** Returns the bearer token for the node's agent. For a minute after a revocation, other servers may still present the old token. */
  async orderTokenOf(nodeId: string): Promise<string> {
    return orderToken(await this.rememberedSecretOf(nodeId));
  }

  /** Returns the secret that seals messages to the node's agent. It is cached for as long as the bearer token. */
  async rememberedSecretOf(nodeId: string): Promise<string> {
    const known = this.#secrets.get(nodeId);
    if (known !== undefined) return known;
    const secret = await this.secretOf(nodeId);
    this.#secrets.set(nodeId, secret);
    return secret;
  }

  /** Throws `MUSTER_E_UNAUTHORIZED` for the join token if it is not accepted as a bearer token. */
  identify(bearer: string | undefined): NodePrincipal | undefined {
    const { joinToken, allowBearerJoin } = this.options;
    if (bearer === undefined) return undefined;
    if (joinToken !== undefined && sameSecret(joinToken, bearer)) {
      if (allowBearerJoin !== true) throw unauthorized(BEARER_JOIN);
      return { kind: 'node', via: 'joinToken' };
    }
    if (!bearer.startsWith(PREFIX) || bearer.length > 400) return undefined;
    const named = this.credentialNamed(
      bearer.slice(PREFIX.length, PREFIX.length + bearer.slice(PREFIX.length).indexOf('_')),
    );
    return named?.principal.via === 'secret' && sameSecret(named.secret, bearer)
      ? named.principal
      : undefined;
  }

  /**
   * Returns who sent a request that proves a secret, or undefined if it does not use this scheme. Throws `MUSTER_E_CHALLENGE` if the request must
   * answer a newer challenge, and `MUSTER_E_UNAUTHORIZED` if it proves nothing or was received before.
   */
  prove(request: ProvenRequest): ProvenAgent | undefined {
    const { authorization } = request.headers;
    const proof = readProof(typeof authorization === 'string' ? authorization : undefined);
    if (proof === undefined) return undefined;
    const { id, challenge, body = '', mac = '' } = proof;
    const named = this.credentialNamed(proof.key);
    if (named === undefined)
      throw unauthorized(`this server knows no key named ${JSON.stringify(proof.key)}`);
    if (challenge === undefined) throw new MusterError('MUSTER_E_CHALLENGE');
    const key = this.#keyOf(named.secret);
    if (!isMessageId(id) || !sameSecret(macOf(key, request, proof), mac))
      throw unauthorized(
        proof.key === JOIN_KEY
          ? 'the agent has a different join token, or the request was altered in transit'
          : 'the agent has a different secret for its node, or the request was altered in transit',
      );
    if (!this.challenges.isFresh(challenge)) throw new MusterError('MUSTER_E_CHALLENGE');
    if (!this.#heard.isNew(id)) throw unauthorized('this request was received before');
    return { principal: named.principal, key, id, body };
  }

  /**
   * Returns the key and principal for the name of the key that sealed a message. `join` names the join token, and any other name a node's own secret.
   * Returns undefined if the name is unknown. The name alone does not authenticate the sender.
   */
  credentialNamed(named: string): NamedCredential | undefined {
    const { joinToken } = this.options;
    if (named === JOIN_KEY)
      return joinToken === undefined
        ? undefined
        : { secret: joinToken, principal: { kind: 'node', via: 'joinToken' } };
    const name = Buffer.from(named, 'base64url').toString();
    const [nodeId = '', series = '0', ...rest] = name.split('\n');
    if (!IDENTIFIER.test(nodeId) || !/^\d{1,9}$/.test(series) || rest.length > 0) return undefined;
    return {
      secret: this.#secret(name),
      principal: { kind: 'node', via: 'secret', nodeId, series: Number(series) },
    };
  }

  /**
   * Throws `MUSTER_E_UNAUTHORIZED` if the principal may not act for this node. The first use of a secret is recorded, and from then on only the
   * secret is accepted.
   */
  async authorize(principal: NodePrincipal, nodeId: string): Promise<void> {
    const { executor, ids } = this.options;
    if (principal.via === 'secret') {
      if (principal.nodeId !== nodeId) throw unauthorized('the secret belongs to another node');
      const series = principal.series ?? 0;
      const name = nameOf(nodeId, series);
      if (this.#bound.get(name) === true) return;
      await executor.execute(
        enrolments,
        nodeId,
        { kind: 'useSecret', nodeId, series },
        uncausedContext(ids.uuid(), `node:${nodeId}`, 'cluster'),
      );
      this.#bound.set(name, true);
      return;
    }
    if ((await executor.load(enrolments, nodeId)).ownSecret)
      throw unauthorized(
        'the node has its own secret, so the join token is no longer accepted. If the secret is lost: muster node revoke-secret NODE',
      );
  }

  /** Revokes a node's secret, so that the join token is accepted again and yields a new one. Other servers may accept the old one for a minute. */
  async revoke(nodeId: string, context: CommandContext): Promise<bigint | undefined> {
    const { position, state } = await this.options.executor.execute(
      enrolments,
      nodeId,
      { kind: 'revokeSecret', nodeId },
      context,
    );
    this.#secrets.delete(nodeId);
    for (let series = 0; series < state.series; series += 1) this.#bound.delete(nameOf(nodeId, series));
    return position;
  }

  #secret(name: string): string {
    return `${PREFIX}${Buffer.from(name).toString('base64url')}_${this.options.root.digest('node-secrets', name).toString('base64url')}`;
  }
}

function nameOf(nodeId: string, series: number): string {
  return series === 0 ? nodeId : `${nodeId}\n${series}`;
}
