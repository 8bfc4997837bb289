import type { Enrolments } from '#src/accounts/index.js';

/** What people call nodes: each is looked up once for one answer. */
export class NodeNames {
  readonly #names = new Map<string, string>();

  constructor(private readonly enrolments: Pick<Enrolments, 'hostnameOf'>) {}

  /** The host name of a node; its id where it never said one. */
  async of(nodeId: string): Promise<string> {
    const known = this.#names.get(nodeId);
    if (known !== undefined) return known;
    const name = (await this.enrolments.hostnameOf(nodeId)) ?? nodeId;
    this.#names.set(nodeId, name);
    return name;
  }
}
