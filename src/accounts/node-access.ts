import { LRUCache } from 'lru-cache';
import { JOIN_KEY, NODE_SECRET_PREFIX as PREFIX } from '#agents/node-secret.js';
import { orderToken } from '#agents/order-token.js';
import { enrolments } from '#domain/enrolment/index.js';
import { MusterError } from '#domain/errors/index.js';
import { IDENTIFIER } from '#domain/identifier.js';
import type { Clock } from '#domain/ports/clock.js';
import type { Ids } from '#domain/ports/ids.js';
import type { CommandContext, CommandExecutor } from '#src/engine/commands/index.js';
import type { RootKey } from '#src/engine/sealing/index.js';
import { sagaContext } from './saga-context.js';
import { agedBy, keptAtMost } from '#src/engine/recently-used.js';
import type { NodePrincipal } from './principal.js';
import { sameSecret } from './same-secret.js';

/** Nodes of which something is remembered, and milliseconds for which it is. */
const KEPT = { ...keptAtMost(100_000), ttl: 60_000 };

export interface NodeAccessOptions {
  readonly executor: CommandExecutor;
  readonly root: RootKey;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly joinToken: string | undefined;
}

/** A credential that a node can have, and who has it. */
export interface NamedCredential {
  readonly secret: string;
  readonly principal: NodePrincipal;
}

/** Who may speak for which node: the join token for every node that has not used its own secret yet, the secret for its own alone. */
export class NodeAccess {
  /** Secrets in use, by {@link nameOf} them. */
  readonly #bound: LRUCache<string, true>;
  /** What servers and agents share, by node. */
  readonly #secrets: LRUCache<string, string>;

  constructor(private readonly options: NodeAccessOptions) {
    const kept = { ...KEPT, ...agedBy(options.clock) };
    this.#bound = new LRUCache(kept);
    this.#secrets = new LRUCache(kept);
  }

  /** The secret of a node. It is made of the data key, so that every server knows it and none has to keep it. */
  async secretOf(nodeId: string): Promise<string> {
    const { series } = await this.options.executor.load(enrolments, nodeId);
    return this.#secret(nameOf(nodeId, series));
  }

  /** What a server shows to the node's agent. Another server may show the old one for a minute after a secret was taken back. */
  async orderTokenOf(nodeId: string): Promise<string> {
    return orderToken(await this.rememberedSecretOf(nodeId));
  }

  /** The secret with which messages to the node's agent are sealed, for as long remembered as what is shown to it. */
  async rememberedSecretOf(nodeId: string): Promise<string> {
    const known = this.#secrets.get(nodeId);
    if (known !== undefined) return known;
    const secret = await this.secretOf(nodeId);
    this.#secrets.set(nodeId, secret);
    return secret;
  }

  /** Who shows it; undefined for what is neither the join token nor a node's secret. */
  identify(bearer: string | undefined): NodePrincipal | undefined {
    const { joinToken } = this.options;
    if (bearer === undefined) return undefined;
    if (joinToken !== undefined && sameSecret(joinToken, bearer)) return { kind: 'node', via: 'joinToken' };
    if (!bearer.startsWith(PREFIX) || bearer.length > 400) return undefined;
    const named = this.credentialNamed(bearer.slice(PREFIX.length, PREFIX.length + bearer.slice(PREFIX.length).indexOf('_')));
    return named?.principal.via === 'secret' && sameSecret(named.secret, bearer) ? named.principal : undefined;
  }

  /**
   * What a sealed message must have been sealed with, and who that is: `join` is the join token, anything else the name of a node's own secret.
   * Undefined for no such name. It says nothing yet of who sent the message.
   */
  credentialNamed(named: string): NamedCredential | undefined {
    const { joinToken } = this.options;
    if (named === JOIN_KEY) return joinToken === undefined ? undefined : { secret: joinToken, principal: { kind: 'node', via: 'joinToken' } };
    const name = Buffer.from(named, 'base64url').toString();
    const [nodeId = '', series = '0', ...rest] = name.split('\n');
    if (!IDENTIFIER.test(nodeId) || !/^\d{1,9}$/.test(series) || rest.length > 0) return undefined;
    return { secret: this.#secret(name), principal: { kind: 'node', via: 'secret', nodeId, series: Number(series) } };
  }

  /** Throws `MUSTER_E_UNAUTHORIZED` where he may not speak for this node. The first use of a secret is an event: nothing else counts from then on. */
  async authorize(principal: NodePrincipal, nodeId: string): Promise<void> {
    const { executor, ids } = this.options;
    if (principal.via === 'secret') {
      if (principal.nodeId !== nodeId) throw refusal('the secret is that of another node');
      const series = principal.series ?? 0;
      const name = nameOf(nodeId, series);
      if (this.#bound.get(name) === true) return;
      await executor.execute(
        enrolments,
        nodeId,
        { kind: 'useSecret', nodeId, series },
        { ...sagaContext('enrolment', ids), actor: `node:${nodeId}`, surface: 'cluster' },
      );
      this.#bound.set(name, true);
      return;
    }
    if ((await executor.load(enrolments, nodeId)).ownSecret) throw refusal('the node has a secret of its own, and answers to nothing else');
  }

  /** Takes a node's secret back: the join token is good for it again, and gives it another one. Other servers may take the old one for a minute yet. */
  async revoke(nodeId: string, context: CommandContext): Promise<bigint | undefined> {
    const { position, state } = await this.options.executor.execute(enrolments, nodeId, { kind: 'revokeSecret', nodeId }, context);
    this.#secrets.delete(nodeId);
    for (let series = 0; series < state.series; series += 1) this.#bound.delete(nameOf(nodeId, series));
    return position;
  }

  /** A name of a node has no `_` in base64url: none of its characters ends in six set bits. */
  #secret(name: string): string {
    return `${PREFIX}${Buffer.from(name).toString('base64url')}_${this.options.root.digest('node-secrets', name).toString('base64url')}`;
  }
}

/** What a secret is of: the node, and how many were taken back before it. */
function nameOf(nodeId: string, series: number): string {
  return series === 0 ? nodeId : `${nodeId}\n${series}`;
}

function refusal(problem: string): MusterError {
  return new MusterError('MUSTER_E_UNAUTHORIZED', { problem });
}
