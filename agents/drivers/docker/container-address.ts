import type Docker from 'dockerode';

/** Returns where the host can reach a container's port. Throws with an explanation if it cannot. */
export function containerAddress(
  { NetworkSettings }: Pick<Docker.ContainerInspectInfo, 'NetworkSettings'>,
  port: number,
): { host: string; port: number } {
  // Prefer the container's own address: Docker's published port accepts connections even if nothing listens behind it.
  const own = Object.values(NetworkSettings.Networks)
    .map(({ IPAddress }) => IPAddress)
    .find((each) => each !== '');
  if (own !== undefined) return { host: own, port };
  const [published] = NetworkSettings.Ports[`${port}/tcp`] ?? [];
  if (published === undefined)
    throw new Error(`port ${port} is not reached: the container has no address and does not publish it`);
  const { HostIp, HostPort } = published;
  return { host: HostIp === '' || HostIp === '0.0.0.0' ? '127.0.0.1' : HostIp, port: Number(HostPort) };
}
