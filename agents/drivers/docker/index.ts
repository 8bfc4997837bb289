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
    ownWork,
    publishHost,
    settings,
    users,
    clock,
    log,
    life,
    ownParts,
  }) {
    const own = new OwnParts(() => ownParts().flatMap(endpointsOfUrl), systemResolve);
    const { httpAllow = '', registryAllow = '', logBounds, volumeLimits, foreignContainers } = settings;
    const allowed = parseEndpointList([httpAllow, registryAllow].join(','));
    return new DockerDriver({
      docker: abortableDocker(
        life,
        dockerSocket === undefined ? new Docker() : new Docker({ socketPath: dockerSocket }),
      ),
      nodeId,
      ownWork,
      publishHost,
      clock,
      log,
      life,
      reach: new Reach(allowed, own, systemResolve),
      logBounds,
      users,
      disk: { limits: settings.taskDisk, volumeLimits },
      foreignContainers,
      privateImages: path.join(directory, 'private-images.json'),
    });
  },
};
