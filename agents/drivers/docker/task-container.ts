import type Docker from 'dockerode';
import { TaskStartError, type TaskSpec } from '../driver.js';
import { isOfLog, type OwnWork } from '../own-work.js';
import { containerName, makerOf, secondName } from './container-request.js';
import { unlessStatus } from './docker-error.js';

/**
 * Returns the task's container and its name. If there is none, the name that it gets: the first one, which is the only one that agents of earlier
 * releases know, unless it is taken.
 */
export async function lookForContainer(
  docker: Docker,
  own: Pick<OwnWork, 'log'>,
  spec: TaskSpec,
): Promise<{ readonly found: Docker.ContainerInspectInfo | undefined; readonly name: string }> {
  const [first, second] = [containerName(spec), secondName(spec)];
  let free: string | undefined;
  for (const name of second === undefined ? [first] : [first, second]) {
    const found = (await docker.getContainer(name).inspect().catch(unlessStatus(404))) ?? undefined;
    if (found === undefined) {
      free ??= name;
      continue;
    }
    const { node, log } = makerOf(found.Config.Labels);
    if (node === spec.nodeId && isOfLog(spec.log, log, own.log)) return { found, name };
  }
  if (free === undefined)
    throw new TaskStartError(`a container named ${first} already exists and was not created by this node`);
  return { found: undefined, name: free };
}
