import { networkInterfaces } from 'node:os';

/** The addresses of this machine now. */
export function machineAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? []);
}
