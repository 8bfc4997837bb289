import type { AssignedPort, AssignedPorts, DynamicPort } from '../../jobs/job/task-port.js';
import { textHash } from '../../kernel/text-hash.js';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export const DEFAULT_PORT_RANGE: PortRange = { first: 20_000, last: 32_000 };

export function isInRange({ first, last }: PortRange, port: number): boolean {
  return port >= first && port <= last;
}

export function freePortCount(range: PortRange, held: ReadonlySet<number>, named: readonly number[]): number {
  let free = range.last - range.first + 1;
  for (const port of held) if (isInRange(range, port)) free -= 1;
  for (const port of named) if (isInRange(range, port) && !held.has(port)) free -= 1;
  return free;
}

export interface PortChoice {
  readonly range: PortRange;
  readonly held: ReadonlySet<number>;
  readonly named: readonly number[];
  /** Ports that are used only if no other is free, because a program outside Muster held them. */
  readonly avoided: Pick<ReadonlyMap<number, unknown>, 'has'>;
  readonly former: AssignedPorts;
  readonly slot: string;
  readonly preferred: boolean;
}

export function choosePorts(
  wanted: readonly DynamicPort[],
  { range, held, named, avoided, former, slot, preferred }: PortChoice,
): AssignedPorts {
  const taken = new Set(named);
  const isFree = (port: number | undefined): port is number =>
    port !== undefined && isInRange(range, port) && !held.has(port) && !taken.has(port);
  const isGood = (port: number | undefined): port is number => isFree(port) && !avoided.has(port);
  const before = new Map(
    Object.entries(former).flatMap(([task, ports]) =>
      ports.map(({ container, host }) => [`${task}/${container}`, host] as const),
    ),
  );
  // Previous ports come first, so that none of them is assigned to a different container port.
  const chosen = wanted.map(({ task, container }) => {
    const host = before.get(`${task}/${container}`);
    if (!isGood(host)) return undefined;
    taken.add(host);
    return host;
  });
  const assigned: Record<string, AssignedPort[]> = {};
  wanted.forEach(({ task, container, prefer }, index) => {
    const host =
      chosen[index] ??
      (preferred && isGood(prefer) ? prefer : next(range, `${slot}/${task}/${container}`, isGood, isFree));
    taken.add(host);
    (assigned[task] ??= []).push({ container, host });
  });
  return assigned;
}

/** Returns the first port after the seed's that is good, or else one that is at least free. */
function next(
  { first, last }: PortRange,
  seed: string,
  isGood: (port: number) => boolean,
  isFree: (port: number) => boolean,
): number {
  const size = last - first + 1;
  const start = textHash(seed) % size;
  for (const fits of [isGood, isFree])
    for (let step = 0; step < size; step += 1) {
      const port = first + ((start + step) % size);
      if (fits(port)) return port;
    }
  throw new Error(`no port from ${first} to ${last} is free`);
}
