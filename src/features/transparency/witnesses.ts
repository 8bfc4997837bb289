import { backOff } from '#domain/kernel/back-off.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { parseWitnessKey, type WitnessKey } from './cosignature.js';
import type { TileStore } from './tile-store.js';
import { consistencyProof } from './tree.js';
import {
  addCheckpointBody,
  readWitnessAnswer,
  type WitnessAddress,
  type WitnessAnswer,
} from './witness-protocol.js';

const retryDelay = backOff({ firstMs: 5_000, mostMs: 300_000 });
/** Interval between checks for a new checkpoint, in milliseconds. */
const INTERVAL_MS = 1_000;
/** Maximum number of checkpoints that are waiting for further cosignatures. */
const MAX_PENDING = 8;

/** Sends a checkpoint. Rejects if the witness cannot be reached in time. */
export type SendToWitness = (
  url: string,
  body: string,
) => Promise<{ readonly status: number; readonly body: string }>;

export interface WitnessState {
  readonly name: string;
  readonly url: string;
  /** Number of events in the newest checkpoint that the witness has cosigned since this server started. */
  readonly cosigned: number;
  /** The current problem. Undefined if there is none. */
  readonly problem: string | undefined;
}

export interface WitnessesOptions {
  readonly witnesses: readonly WitnessAddress[];
  /** Number of cosignatures that a checkpoint requires before it is served. */
  readonly quorum: number;
  readonly tiles: TileStore;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly send: SendToWitness;
  readonly onChange?: (states: readonly WitnessState[]) => void;
}

interface Witness {
  readonly address: WitnessAddress;
  readonly key: WitnessKey;
  /** Size of the newest tree known to the witness, as far as this server can tell. */
  known: number;
  origin: string;
  state: WitnessState;
}

/**
 * Requests cosignatures for each checkpoint. A witness signs only trees that contain everything it signed before, so no one can show different
 * histories to different auditors. Nothing waits for a witness: an unreachable witness is retried.
 */
export class Witnesses {
  readonly #options: WitnessesOptions;
  readonly #witnesses: Witness[];
  /** Cosignatures of the newest checkpoints, oldest first, by witness name. A slow witness may sign a checkpoint that is no longer the newest. */
  readonly #lines = new Map<string, Map<string, string>>();

  constructor(options: WitnessesOptions) {
    this.#options = options;
    this.#witnesses = options.witnesses.map((address) => {
      const key = parseWitnessKey(address.vkey);
      if (key === undefined) throw new RangeError(`not a witness key: ${address.vkey}`);
      const state = { name: key.name, url: address.url, cosigned: 0, problem: undefined };
      return { address, key, known: 0, origin: '', state };
    });
  }

  states(): readonly WitnessState[] {
    return this.#witnesses.map(({ state }) => state);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#witnesses.map(async (witness) => await this.#follow(witness, signal)));
  }

  async #follow(witness: Witness, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let done: string | undefined;
    let failures = 0;
    while (!signal.aborted) {
      const note = this.#options.tiles.checkpoint();
      if (note === undefined || note === done) {
        await clock.sleep(INTERVAL_MS, signal);
        continue;
      }
      if (await this.#isCosigned(witness, note)) {
        done = note;
        failures = 0;
      } else {
        failures += 1;
        await clock.sleep(retryDelay(failures), signal);
      }
    }
  }

  /** Sends one checkpoint. Sends it once more if the witness expects a different size. */
  async #isCosigned(witness: Witness, note: string): Promise<boolean> {
    const [origin = '', size = '0'] = note.split('\n');
    if (witness.origin !== origin) [witness.origin, witness.known] = [origin, 0];
    let answer = await this.#ask(witness, note, Number(size));
    if (answer.kind === 'other-size' && answer.size <= Number(size)) {
      witness.known = answer.size;
      answer = await this.#ask(witness, note, Number(size));
    }
    if (answer.kind === 'cosigned') {
      witness.known = Number(size);
      this.#add(witness, note, answer.line);
      this.#become(witness, { cosigned: Number(size), problem: undefined });
      return true;
    }
    // Another server of this log was faster. The next checkpoint will be larger.
    if (answer.kind === 'other-size' && answer.size <= this.#options.tiles.state().size) return false;
    this.#become(witness, { problem: problemOf(answer, Number(size)) });
    return false;
  }

  async #ask({ address, key, known }: Witness, note: string, size: number): Promise<WitnessAnswer> {
    try {
      const proof = consistencyProof(this.#options.tiles, Math.min(known, size), size);
      const body = addCheckpointBody(Math.min(known, size), proof, note);
      const answer = await this.#options.send(`${address.url.replace(/\/$/, '')}/add-checkpoint`, body);
      return readWitnessAnswer(answer, note, key);
    } catch (error) {
      return { kind: 'failed', problem: error instanceof Error ? error.message : String(error) };
    }
  }

  #add({ key }: Witness, note: string, line: string): void {
    const { tiles, quorum } = this.#options;
    const lines = this.#lines.get(note) ?? new Map<string, string>();
    this.#lines.set(note, lines.set(key.name, line));
    const [oldest] = this.#lines.keys();
    if (this.#lines.size > MAX_PENDING && oldest !== undefined) this.#lines.delete(oldest);
    if (lines.size < quorum || isOlder(note, tiles.cosigned())) return;
    tiles.keepCosigned(`${note}${[...lines.values()].map((each) => `${each}\n`).join('')}`);
  }

  #become(witness: Witness, change: Partial<WitnessState>): void {
    witness.state = { ...witness.state, ...change };
    this.#options.onChange?.(this.states());
  }
}

function isOlder(note: string, than: string | undefined): boolean {
  const [origin, size] = note.split('\n');
  const [formerOrigin, formerSize] = than?.split('\n') ?? [];
  return origin === formerOrigin && Number(size) < Number(formerSize);
}

function problemOf(answer: Exclude<WitnessAnswer, { kind: 'cosigned' }>, size: number): string {
  switch (answer.kind) {
    case 'other-size':
      return `it has cosigned ${answer.size} events of this log, but this server has signed ${size}: a fork, unless another server is ahead`;
    case 'contradicted':
      return `fork: it has cosigned a different history of this log`;
    case 'failed':
      return answer.problem;
  }
}
