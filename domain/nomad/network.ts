import type { Place } from './located.js';
import type { MappedPort } from './mapped.js';
import type { Section } from './section.js';

export interface GroupPort {
  readonly label: string;
  readonly place: Place;
  /** Undefined: assigned by the scheduler. */
  readonly host: number | undefined;
  readonly container: number | undefined;
}

const MOST = 65_535;

export function portsOf(group: Section): GroupPort[] {
  const network = group.block('network');
  if (network === undefined) return [];
  const mode = network.text('mode');
  if (mode === 'host')
    network.report(network.placeOf('mode'), 'the network of the host is not given to tasks', 'mode');
  else if (mode !== undefined)
    network.report(
      network.placeOf('mode'),
      'has no counterpart here: each container has a network of its own, and its ports are published',
      'mode',
    );
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
  section.report(section.placeOf(name), `must be a port, 1 to ${MOST}`, name);
  return undefined;
}

/** Returns a problem when the port is not one of a container. */
export function containerPort({ host, container }: GroupPort): MappedPort | string {
  if (host !== undefined) return { host, container: container ?? host };
  return container === undefined
    ? 'needs `to`, the port in the container: the program is not told which port it was given'
    : { container, dynamic: true };
}

export function processPort({ host, container }: GroupPort): MappedPort | string {
  if (host === undefined) return 'needs `static`: only a container is given ports';
  return container === undefined || container === host ? { host } : 'has `to`, which only a container has';
}
