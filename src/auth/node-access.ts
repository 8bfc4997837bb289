import { MusterError } from '#domain/errors/index.js';
import { IDENTIFIER } from '#domain/job/identifier.js';
import type { Ids } from '#domain/ports/ids.js';
import { enrolments } from '#src/commands/aggregates.js';
import type { CommandExecutor } from '#src/commands/executor.js';
import type { RootKey } from '#src/sealing/root-key.js';
import { sagaContext } from './first-administrator.js';
import type { NodePrincipal } from './principal.js';
import { sameSecret } from './same-secret.js';

const PREFIX = 'musnode_';
/** Nodes of which it is remembered that their secret is in use. */
const KEPT = 100_000;

export interface NodeAccessOptions {
  readonly executor: CommandExecutor;
  readonly root: RootKey;
  readonly ids: Ids;
  readonly joinToken: string | undefined;
}

/** Who may speak for which node: the join token for every node that has not used its own secret yet, the secret for its own alone. */
export class NodeAccess {
  readonly #bound = new Set<string>();

  constructor(private readonly options: NodeAccessOptions) {}

  /** The secret of a node. It is made of the data key, so that every server knows it and none has to keep it. */
  secretOf(nodeId: string): string {
    return `${PREFIX}${Buffer.from(nodeId).toString('base64url')}_${this.options.root.digest('node-secrets', nodeId).toString('base64url')}`;
  }

  /** Whoever shows it; undefined for what is neither the join token nor a node's secret. */
  identify(bearer: string | undefined): NodePrincipal | undefined {
    const { joinToken } = this.options;
    if (bearer === undefined) return undefined;
    if (joinToken !== undefined && sameSecret(joinToken, bearer)) return { kind: 'node', via: 'joinToken' };
    if (!bearer.startsWith(PREFIX) || bearer.length > 400) return undefined;
    const nodeId = Buffer.from(bearer.slice(PREFIX.length, PREFIX.length + bearer.slice(PREFIX.length).indexOf('_')), 'base64url').toString();
    return IDENTIFIER.test(nodeId) && sameSecret(this.secretOf(nodeId), bearer) ? { kind: 'node', via: 'secret', nodeId } : undefined;
  }

  /** Throws `MUSTER_E_UNAUTHORIZED` where he may not speak for this node. The first use of a secret is an event: nothing else counts from then on. */
  async authorize(principal: NodePrincipal, nodeId: string): Promise<void> {
    if (principal.via === 'secret') {
      if (principal.nodeId !== nodeId) throw refusal('the secret is that of another node');
      if (this.#bound.has(nodeId)) return;
      await this.options.executor.execute(enrolments, nodeId, { kind: 'useSecret', nodeId }, { ...sagaContext('enrolment', this.options.ids), actor: `node:${nodeId}`, surface: 'cluster' });
      this.#remember(nodeId);
      return;
    }
    if ((await this.options.executor.load(enrolments, nodeId)) === 'ownSecret') throw refusal('the node has a secret of its own, and answers to nothing else');
  }

  #remember(nodeId: string): void {
    if (this.#bound.size >= KEPT) this.#bound.clear();
    this.#bound.add(nodeId);
  }
}

function refusal(problem: string): MusterError {
  return new MusterError('MUSTER_E_UNAUTHORIZED', { problem });
}
