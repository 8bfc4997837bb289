import type { Place } from './located.js';
import type { MappedPort } from './mapped.js';
import type { Section } from './section.js';

export interface GroupPort {
  readonly label: string;
  readonly place: Place;
  readonly host: number | undefined;
  readonly container: number | undefined;
}

const MOST = 65_535;
const OWN_NETWORK = 'is not supported: each container has its own network, and its ports are published';

/** @param isSingleContainer whether the group is one container, which has its own network in bridge mode and here */
export function portsOf(group: Section, isSingleContainer: boolean): GroupPort[] {
  const network = group.block('network');
  if (network === undefined) return [];
  network.leaveOut(['mbits'], 'is not supported: bandwidth is not limited');
  const mode = network.text('mode');
  if (mode === 'host') network.report('host networking is not allowed', 'mode');
  else if (mode === 'bridge' && isSingleContainer) network.leaveOut(['mode'], OWN_NETWORK);
  else if (mode !== undefined) network.report(OWN_NETWORK, 'mode');
  const ports = network.labelled('port').flatMap(({ label, section, place }) => {
    const [host, container] = [portIn(section, 'static'), portIn(section, 'to')];
    section.refuseUnread();
    return [{ label, place, host, container }];
  });
  network.refuseUnread();
  return ports;
}

function portIn(section: Section, name: string): number | undefined {
  const port = section.whole(name);
  if (port === undefined || (port >= 1 && port <= MOST)) return port;
  section.report(`must be a port, 1 to ${MOST}`, name);
  return undefined;
}

/** Returns a description of the problem if the port is not a container port. */
export function containerPort({ host, container }: GroupPort): MappedPort | string {
  if (host !== undefined) return { host, container: container ?? host };
  return container === undefined
    ? 'requires `to`, the port in the container: the assigned host port is not passed to the program'
    : { container, dynamic: true };
}

export function processPort({ host, container }: GroupPort): MappedPort | string {
  if (host === undefined) return 'requires `static`: only containers can have dynamic ports';
  return container === undefined || container === host ? { host } : '`to` is only supported for containers';
}
