import type Docker from 'dockerode';

/** Where the ports of a container are reached from this host. Throws where they are not; the message says why. */
export function containerAddress({ NetworkSettings }: Pick<Docker.ContainerInspectInfo, 'NetworkSettings'>, port: number): { host: string; port: number } {
  // Its own address first: what publishes a port takes connections even while nobody listens behind it.
  const own = Object.values(NetworkSettings.Networks)
    .map(({ IPAddress }) => IPAddress)
    .find((each) => each !== '');
  if (own !== undefined) return { host: own, port };
  const [published] = NetworkSettings.Ports[`${port}/tcp`] ?? [];
  if (published === undefined) throw new Error(`port ${port} is not reached: the container has no address and does not publish it`);
  const { HostIp, HostPort } = published;
  return { host: HostIp === '' || HostIp === '0.0.0.0' ? '127.0.0.1' : HostIp, port: Number(HostPort) };
}
