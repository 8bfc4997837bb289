import { LRUCache } from 'lru-cache';
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

const PREFIX = 'musnode_';
/** Nodes of which something is remembered, and milliseconds for which it is. */
const KEPT = { ...keptAtMost(100_000), ttl: 60_000 };

export interface NodeAccessOptions {
  readonly executor: CommandExecutor;
  readonly root: RootKey;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly joinToken: string | undefined;
}

/** Who may speak for which node: the join token for every node that has not used its own secret yet, the secret for its own alone. */
export class NodeAccess {
  /** Secrets in use, by {@link nameOf} them. */
  readonly #bound: LRUCache<string, true>;
  /** What is shown to the agents, by node. */
  readonly #orderTokens: LRUCache<string, string>;

  constructor(private readonly options: NodeAccessOptions) {
    const kept = { ...KEPT, ...agedBy(options.clock) };
    this.#bound = new LRUCache(kept);
    this.#orderTokens = new LRUCache(kept);
  }

  /** The secret of a node. It is made of the data key, so that every server knows it and none has to keep it. */
  async secretOf(nodeId: string): Promise<string> {
    const { series } = await this.options.executor.load(enrolments, nodeId);
    return this.#secret(nameOf(nodeId, series));
  }

  /** What a server shows to the node's agent. Another server may show the old one for a minute after a secret was taken back. */
  async orderTokenOf(nodeId: string): Promise<string> {
    const known = this.#orderTokens.get(nodeId);
    if (known !== undefined) return known;
    const token = orderToken(await this.secretOf(nodeId));
    this.#orderTokens.set(nodeId, token);
    return token;
  }

  /** Who shows it; undefined for what is neither the join token nor a node's secret. */
  identify(bearer: string | undefined): NodePrincipal | undefined {
    const { joinToken } = this.options;
    if (bearer === undefined) return undefined;
    if (joinToken !== undefined && sameSecret(joinToken, bearer)) return { kind: 'node', via: 'joinToken' };
    if (!bearer.startsWith(PREFIX) || bearer.length > 400) return undefined;
    const name = Buffer.from(bearer.slice(PREFIX.length, PREFIX.length + bearer.slice(PREFIX.length).indexOf('_')), 'base64url').toString();
    const [nodeId = '', series = '0'] = name.split('\n');
    return IDENTIFIER.test(nodeId) && sameSecret(this.#secret(name), bearer) ? { kind: 'node', via: 'secret', nodeId, series: Number(series) } : undefined;
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
    this.#orderTokens.delete(nodeId);
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
