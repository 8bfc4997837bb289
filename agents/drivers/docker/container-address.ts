import type Docker from 'dockerode';

/** Returns the address where the host can reach a container's port. Throws an explanation if the port is not reachable. */
export function containerAddress(
  { NetworkSettings }: Pick<Docker.ContainerInspectInfo, 'NetworkSettings'>,
  port: number,
): { host: string; port: number } {
  // Prefer the container's own address: Docker's published port accepts connections even if no process in the container listens.
  const own = Object.values(NetworkSettings.Networks)
    .map(({ IPAddress }) => IPAddress)
    .find((each) => each !== '');
  if (own !== undefined) return { host: own, port };
  const [published] = NetworkSettings.Ports[`${port}/tcp`] ?? [];
  if (published === undefined)
    throw new Error(`port ${port} cannot be reached: the container has no address and does not publish it`);
  const { HostIp, HostPort } = published;
  return { host: HostIp === '' || HostIp === '0.0.0.0' ? '127.0.0.1' : HostIp, port: Number(HostPort) };
}
