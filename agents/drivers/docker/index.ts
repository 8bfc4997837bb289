import path from 'node:path';
import Docker from 'dockerode';
import { dockerDriver, type DockerConfig } from '#domain/drivers/docker/index.js';
import type { DriverModule } from '../driver.js';
import { endpointsOfUrl, OwnParts, parseEndpointList, Reach, systemResolve } from '../http/index.js';
import { abortableDocker } from './abortable-docker.js';
import { DockerDriver } from './docker-driver.js';

export const docker: DriverModule<DockerConfig> = {
  definition: dockerDriver,
  needs: 'a running Docker engine (DOCKER_HOST, else /var/run/docker.sock)',
  limits: ['cpu', 'memory', 'gpus'],
  async open({
    dockerSocket,
    directory,
    nodeId,
    publishHost,
    logBounds,
    tenantContainers,
    diskLimits,
    volumeLimits,
    foreignContainers,
    clock,
    log,
    life,
    calls,
  }) {
    const own = new OwnParts(() => calls.own().flatMap(endpointsOfUrl), systemResolve);
    const allowed = parseEndpointList([calls.allowed, calls.registries].join(','));
    return new DockerDriver({
      docker: abortableDocker(
        life,
        dockerSocket === undefined ? new Docker() : new Docker({ socketPath: dockerSocket }),
      ),
      nodeId,
      publishHost,
      clock,
      log,
      life,
      reach: new Reach(allowed, own, systemResolve),
      logBounds,
      tenantContainers,
      disk: { limits: diskLimits, volumeLimits },
      foreignContainers,
      privateImages: path.join(directory, 'private-images.json'),
    });
  },
};
