import { MusterError } from '../errors/index.js';
import { environmentErrors } from './errors.js';

/** A generation, as far as it takes room. */
export interface Room {
  readonly hash: string;
  /** Bytes; null: unknown. */
  readonly disk: number | null;
}

/** Bytes that generations take; those that are equal are one on disk. */
export function roomOf(generations: Iterable<Room>): number {
  const disks = new Map([...generations].map(({ hash, disk }) => [hash, disk ?? 0]));
  return [...disks.values()].reduce((sum, disk) => sum + disk, 0);
}

/** Refuses another build to a tenant whose generations take as much as it may have. Errors: `MUSTER_E_ENVIRONMENT_NO_ROOM`. */
export function demandRoom(generations: Iterable<Room>, bytes: number): void {
  const taken = roomOf(generations);
  if (taken >= bytes) throw noRoom(taken, bytes);
}

/** Refuses a generation that takes more than the others leave. Errors: `MUSTER_E_ENVIRONMENT_NO_ROOM`. */
export function demandRoomFor(generation: Room, others: readonly Room[], bytes: number): void {
  const taken = roomOf([...others, generation]);
  if (taken > bytes && taken > roomOf(others)) throw noRoom(taken, bytes);
}

function noRoom(taken: number, bytes: number): MusterError {
  return new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_NO_ROOM, { taken: inGigabytes(taken), most: inGigabytes(bytes) });
}

function inGigabytes(bytes: number): string {
  return String(Math.round(bytes / 1e7) / 100);
}
