import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DEVICE_OK, type SeenDevice } from '#domain/nodes/devices.js';
import { writeFileDurably } from '../platform/files/durable-file.js';
import { errorFields, type AgentLog } from '../platform/log.js';
import type { ReadGpu } from './gpus.js';

const stored = z.array(z.string().max(100).nullable()).max(1024);

/** Maximum number of missing cards to remember. Beyond this, a new card gets the number of the card that has been missing longest. */
const MAX_MISSING = 64;

/**
 * Assigns a stable number to each GPU. `nvidia-smi` numbers the cards that respond, so its indexes shift when a card fails, but the plan log assigns
 * cards by number. A card keeps its first number, and the file outlives the agent.
 */
export class GpuTable {
  #declared: string | undefined;

  private constructor(
    private readonly file: string,
    private readonly log: AgentLog,
    private uuids: readonly (string | null)[],
  ) {}

  static async open(directory: string, log: AgentLog): Promise<GpuTable> {
    const file = path.join(directory, 'gpus.json');
    const text = await readFile(file, 'utf8').catch(() => '[]');
    return new GpuTable(file, log, stored.catch([]).parse(jsonIn(text)));
  }

  nameOf(number: number): string {
    return this.uuids[number] ?? String(number);
  }

  /**
   * Returns all known cards by number and their current state, and assigns numbers to new cards. A card with a fault counts as well for as long as an
   * allocation has it (`held`), because tasks on a card that is not well are stopped, and it may still work for them.
   */
  async see(
    gpus: readonly ReadGpu[],
    held: ReadonlySet<string> = new Set(),
  ): Promise<readonly (SeenDevice & { readonly fault?: string })[]> {
    const named = gpus.filter(({ uuid }) => uuid !== '');
    await this.#learn(named);
    return this.uuids.flatMap((uuid, index) => {
      if (uuid === null) return [];
      const gpu = named.find((each) => each.uuid === uuid);
      if (gpu === undefined) return { index, uuid, health: 'missing' };
      const { fault, unread, mig } = gpu;
      const kept = fault !== undefined && held.has(uuid) ? undefined : fault;
      return {
        index,
        uuid,
        health: kept ?? (mig ? 'divided' : DEVICE_OK),
        ...((fault ?? unread) !== undefined && { fault: fault ?? unread }),
      };
    });
  }

  declare(devices: readonly (SeenDevice & { readonly fault?: string })[]): void {
    const faulty = devices.filter(({ health, fault }) => health !== DEVICE_OK || fault !== undefined);
    if (faulty.length > 0 && this.#declared !== JSON.stringify(devices))
      this.log.warn({ gpus: faulty }, 'agent.gpus.not-usable');
    this.#declared = JSON.stringify(devices);
  }

  differs(devices: readonly SeenDevice[]): boolean {
    return this.#declared !== undefined && this.#declared !== JSON.stringify(devices);
  }

  async #learn(gpus: readonly ReadGpu[]): Promise<void> {
    const uuids = [...this.uuids];
    const fresh = gpus.filter(({ uuid }) => !uuids.includes(uuid));
    if (fresh.length === 0) return;
    for (const { index, uuid } of fresh) {
      const free = uuids[index] === undefined || uuids[index] === null;
      const number = free ? index : this.#nextNumber(uuids, gpus);
      while (uuids.length < number) uuids.push(null);
      uuids[number] = uuid;
    }
    this.uuids = uuids;
    await writeFileDurably(this.file, JSON.stringify(uuids)).catch((error: unknown) =>
      this.log.warn(errorFields(error), 'agent.gpus.not-stored'),
    );
  }

  #nextNumber(uuids: readonly (string | null)[], gpus: readonly ReadGpu[]): number {
    const isMissing = (uuid: string | null): boolean =>
      uuid !== null && gpus.every((gpu) => gpu.uuid !== uuid);
    if (uuids.filter(isMissing).length >= MAX_MISSING) return uuids.findIndex(isMissing);
    const hole = uuids.indexOf(null);
    return hole === -1 ? uuids.length : hole;
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
