import t from 'tap';
import type Docker from 'dockerode';
import { containerAddress } from '#agents/drivers/docker/container-address.js';

type Found = Pick<Docker.ContainerInspectInfo, 'NetworkSettings'>;

const found = (
  address: string | undefined,
  ports: Record<string, { HostIp: string; HostPort: string }[]> = {},
): Found =>
  ({
    NetworkSettings: {
      Networks: address === undefined ? {} : { bridge: { IPAddress: address } },
      Ports: ports,
    },
  }) as unknown as Found;

void t.test("uses the container's own address even if the port is published", async (t) => {
  t.strictSame(
    containerAddress(found('172.17.0.2', { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] }), 80),
    { host: '172.17.0.2', port: 80 },
  );
});

void t.test(
  'uses the published port if the container has no address, and fails without either',
  async (t) => {
    for (const own of [undefined, '']) {
      t.strictSame(
        containerAddress(found(own, { '80/tcp': [{ HostIp: '10.0.0.1', HostPort: '8080' }] }), 80),
        {
          host: '10.0.0.1',
          port: 8080,
        },
      );
      t.strictSame(
        containerAddress(found(own, { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] }), 80),
        {
          host: '127.0.0.1',
          port: 8080,
        },
      );
      t.throws(() => containerAddress(found(own), 80), /port 80 cannot be reached/);
    }
  },
);
