import type { Enrolments } from '#src/fleet/node-access/index.js';

export class NodeNames {
  readonly #names = new Map<string, string>();

  constructor(private readonly enrolments: Pick<Enrolments, 'hostnameOf'>) {}

  async of(nodeId: string): Promise<string> {
    const known = this.#names.get(nodeId);
    if (known !== undefined) return known;
    const name = (await this.enrolments.hostnameOf(nodeId)) ?? nodeId;
    this.#names.set(nodeId, name);
    return name;
  }
}
