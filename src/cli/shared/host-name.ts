import type { Cluster } from './client.js';

export function hostName({ attributes }: Pick<Cluster['Node'], 'attributes'>): string | undefined {
  const name = attributes?.['hostname'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}
