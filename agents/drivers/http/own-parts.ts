import { isIP } from 'node:net';
import { machineAddresses } from '../../platform/machine-addresses.js';
import { carriedAddress, kindOfAddress } from '../../platform/address.js';
import type { Endpoint } from '../../platform/endpoint-list.js';
import type { Resolve } from './resolve.js';

/**
 * Known addresses of Muster's own components. No task may call them, even if they are explicitly allowed, because a component might treat the agent's
 * connection as an operator's. If a component runs on this machine, all addresses of the machine are refused.
 */
export class OwnParts {
  constructor(
    private readonly parts: () => readonly Endpoint[],
    private readonly resolve: Resolve,
    private readonly machine: () => ReadonlySet<string> = addressesOfMachine,
  ) {}

  async listenAt(host: string, addresses: readonly string[], port: number): Promise<boolean> {
    const meant = this.parts().filter((part) => part.port === undefined || part.port === port);
    if (meant.length === 0) return false;
    const carried = addresses.map(carriedAddress);
    for (const part of meant) {
      if (part.host === host) return true;
      const places = isIP(part.host) === 0 ? await this.resolve(part.host).catch(() => []) : [part.host];
      const at = places.map(carriedAddress);
      if (carried.some((address) => at.includes(address))) return true;
      if (at.some((address) => this.#isHere(address)) && carried.some((address) => this.#isHere(address)))
        return true;
    }
    return false;
  }

  #isHere(address: string): boolean {
    const kind = kindOfAddress(address);
    return kind === 'loopback' || kind === 'this machine' || this.machine().has(address);
  }
}

function addressesOfMachine(): ReadonlySet<string> {
  return new Set(machineAddresses().map(carriedAddress));
}
