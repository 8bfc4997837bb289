import { MusterError } from '#domain/kernel/errors/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { isUnexplained, storeError } from './failure.js';
import { IDENTITY_STREAM, lossAt, type Seen } from '#src/engine/event-store/index.js';
import { logPage, streamPage } from './requests.js';
import type { ReadMessage } from './wire-stubs.js';

export type ReadPage = (message: ReadMessage) => Promise<readonly RecordedEvent[]>;

/**
 * Detects a different log at the same address: an empty log or an older backup. The guard records the newest event that was seen, and checks that it
 * is still at its position. If it is not, the log is refused, because this process has already read events that the log does not contain.
 */
export class LogGuard {
  readonly #isOwnStream: (stream: string) => boolean;
  #storeId: string | undefined;
  #newest: Seen | undefined;
  #newestOwn: Seen | undefined;
  #corrupt: MusterError | undefined;
  #found: (error: MusterError) => void = () => undefined;
  readonly corrupted = new Promise<MusterError>((resolve) => {
    this.#found = resolve;
  });

  constructor(isOwnStream: (stream: string) => boolean) {
    this.#isOwnStream = isOwnStream;
  }

  /** The newest of Muster's events that was seen. Unlike events of other programs, it is never removed. */
  get newestOwn(): Seen | undefined {
    return this.#newestOwn;
  }

  expect(storeId: string): void {
    this.#storeId = storeId;
  }

  /** Records the newest of these events, which are in log order, and the newest of Muster's among them. */
  saw(events: readonly (Seen & Pick<RecordedEvent, 'stream'>)[]): void {
    this.#newest = newer(this.#newest, events.at(-1));
    this.#newestOwn = newer(
      this.#newestOwn,
      events.findLast(({ stream }) => this.#isOwnStream(stream)),
    );
  }

  /** Throws `MUSTER_E_STORE_CORRUPT` if a different log has already been detected. */
  assertSound(): void {
    if (this.#corrupt !== undefined) throw this.#corrupt;
  }

  /** Throws `MUSTER_E_STORE_CORRUPT` if the log is a different one, and gRPC's own error if this cannot be determined. */
  async check(read: ReadPage): Promise<void> {
    this.assertSound();
    const [storeId, newest] = [this.#storeId, this.#newest];
    if (storeId === undefined) return;
    const found = identityIn(await read(streamPage(IDENTITY_STREAM, 'forwards', undefined, 1)));
    if (found !== storeId)
      this.fail(
        `the log is ${found ?? 'a new one'}, but was ${storeId}: the address now leads to another log`,
      );
    if (newest === undefined) return;
    const standing = await this.#standingAt(newest.position, read);
    const problem = lossAt(newest, standing);
    if (problem !== undefined) this.fail(problem);
  }

  fail(problem: string): never {
    this.#corrupt ??= new MusterError('MUSTER_E_STORE_CORRUPT', { problem });
    this.#found(this.#corrupt);
    throw this.#corrupt;
  }

  async #standingAt(position: bigint, read: ReadPage): Promise<Seen | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await read(logPage('forwards', position, 1, undefined)))[0];
      } catch (error) {
        // A read at a position that has no record is refused with this error, but so is every request during a leader election.
        if (!isUnexplained(error)) throw error;
        const [head] = await read(logPage('backwards', undefined, 1, undefined));
        if (head === undefined || head.position < position) return undefined;
        if (attempt > 1)
          this.fail(
            `no event begins at position ${position}, which was read earlier: an older backup was restored`,
          );
      }
    }
  }
}

function newer(known: Seen | undefined, seen: Seen | undefined): Seen | undefined {
  if (seen === undefined || (known !== undefined && seen.position <= known.position)) return known;
  return { position: seen.position, id: seen.id };
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
