import { lookup } from 'node:dns/promises';

/** The addresses of a name, as the machine knows them. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Asks the machine, its hosts file included. */
export const systemResolve: Resolve = async (name) => (await lookup(name, { all: true, verbatim: true })).map(({ address }) => address);
