import type { Enrolments } from '#src/accounts/index.js';

/** Caches display names of nodes for one response. */
export class NodeNames {
  readonly #names = new Map<string, string>();

  constructor(private readonly enrolments: Pick<Enrolments, 'hostnameOf'>) {}

  /** Returns the host name of a node, or its id. */
  async of(nodeId: string): Promise<string> {
    const known = this.#names.get(nodeId);
    if (known !== undefined) return known;
    const name = (await this.enrolments.hostnameOf(nodeId)) ?? nodeId;
    this.#names.set(nodeId, name);
    return name;
  }
}
