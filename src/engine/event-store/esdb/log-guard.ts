import { MusterError } from '#domain/kernel/errors/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { isUnexplained, storeError } from './failure.js';
import { IDENTITY_STREAM } from './identity-stream.js';
import { logPage, streamPage } from './requests.js';
import type { ReadMessage } from './wire-stubs.js';

/** Reads one page. Rejects with gRPC's own error. */
export type ReadPage = (message: ReadMessage) => Promise<readonly RecordedEvent[]>;

type Seen = Pick<RecordedEvent, 'position' | 'id'>;

/**
 * Detects another log at the same address: an empty one, or an older backup. It remembers the newest event that was seen and checks that it is still
 * at its position. If not, the log is useless to anyone who has seen more of it.
 */
export class LogGuard {
  #storeId: string | undefined;
  #newest: Seen | undefined;
  #corrupt: MusterError | undefined;
  #found: (error: MusterError) => void = () => undefined;
  /** Resolves when another log was detected. */
  readonly corrupted = new Promise<MusterError>((resolve) => {
    this.#found = resolve;
  });

  expect(storeId: string): void {
    this.#storeId = storeId;
  }

  saw({ position, id }: Seen): void {
    if (this.#newest === undefined || position > this.#newest.position) this.#newest = { position, id };
  }

  /** Throws `MUSTER_E_STORE_CORRUPT` if another log was detected before. */
  assertSound(): void {
    if (this.#corrupt !== undefined) throw this.#corrupt;
  }

  /** Throws `MUSTER_E_STORE_CORRUPT` for another log, and gRPC's own error if that cannot be determined. */
  async check(read: ReadPage): Promise<void> {
    this.assertSound();
    const [storeId, newest] = [this.#storeId, this.#newest];
    if (storeId === undefined) return;
    const found = identityIn(await read(streamPage(IDENTITY_STREAM, 'forwards', undefined, 1)));
    if (found !== storeId)
      this.fail(`the log is ${found ?? 'a new one'}, it was ${storeId}: another stands behind the address`);
    if (newest === undefined) return;
    const standing = await this.#standingAt(newest.position, read);
    // If a scavenge removed the event, a later one is in its place.
    if (standing === undefined)
      this.fail(`it ends before position ${newest.position}, which was seen: an older backup was restored`);
    if (standing.position === newest.position && standing.id !== newest.id)
      this.fail(
        `position ${newest.position} holds event ${standing.id}, it held ${newest.id}: an older backup was restored`,
      );
  }

  fail(problem: string): never {
    this.#corrupt ??= new MusterError('MUSTER_E_STORE_CORRUPT', { problem });
    this.#found(this.#corrupt);
    throw this.#corrupt;
  }

  /** The event at the position, or the first one after it. */
  async #standingAt(position: bigint, read: ReadPage): Promise<Seen | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await read(logPage('forwards', position, 1, undefined)))[0];
      } catch (error) {
        // A position without a record is refused like this, but so is any request while a leader is elected.
        if (!isUnexplained(error)) throw error;
        const [head] = await read(logPage('backwards', undefined, 1, undefined));
        if (head === undefined || head.position < position) return undefined;
        if (attempt > 1)
          this.fail(`no event begins at position ${position}, which was seen: an older backup was restored`);
      }
    }
  }
}

export function identityIn(events: readonly RecordedEvent[]): string | undefined {
  const [event] = events;
  if (event === undefined) return undefined;
  try {
    const { storeId } = JSON.parse(event.data) as { storeId?: unknown };
    return typeof storeId === 'string' && storeId !== '' ? storeId : undefined;
  } catch (error) {
    throw storeError(error, IDENTITY_STREAM);
  }
}
