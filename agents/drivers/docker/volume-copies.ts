import { createHash, randomUUID } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { RESTORE_INCOMPLETE, RESTORE_UNCHANGED, type VolumeCopyOrder } from '#domain/protocol/index.js';
import { CommandRefusedError, type OutputPart, type RunningCommand } from '../../checks/reach.js';
import { deadline } from '../../platform/clock/system-clock.js';
import { untilAborted } from '../../platform/clock/until-aborted.js';
import { errorFields, type AgentLog } from '../../platform/log.js';
import { SharedPlaces } from '../../platform/shared-places.js';
import type { DiskLimits } from '../disk-watch.js';
import type { OwnWork } from '../own-work.js';
import { daemonName, LABELS, makerLabels, makerOf } from './container-request.js';
import { CopyContainer, MOUNT_ENTRY } from './copy-container.js';
import { CopyPace } from './copy-pace.js';
import { copyProblem } from './daemon-problem.js';
import { daemonMessage, unlessStatus } from './docker-error.js';
import type { ArchiveContent } from './volume-archive.js';
import { secondVolume, VOLUME_IN_USE, type Volumes } from './volumes.js';

export interface VolumeCopiesParts {
  readonly docker: Docker;
  readonly own: OwnWork;
  readonly volumes: Volumes;
  readonly limits: DiskLimits;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly life: AbortSignal;
}

/** Maximum number of copies at a time on a node. Each restore needs room for a second copy of its volume. */
const MAX_COPIES = 4;
const COPIES_PER_TENANT = 1;
/** Longest wait for the removal of what only a copy needed, in milliseconds. The next sweep repeats it. */
const REMOVAL_MS = 30_000;
const PROGRESS_MS = 1_000;
const WAIT_MS = 5_000;
/** States of containers that use no volume, although the daemon does not yet remove it. */
const ENDED: ReadonlySet<string> = new Set(['exited', 'dead']);

/**
 * Copies the content of volumes that no container uses to and from archives.
 *
 * A restore extracts the archive into a second volume first. What is not a complete archive, or does not fit, changes nothing. Then it replaces the
 * volume. A mark shows that this has begun, until it is complete, and no task is started with a marked volume.
 */
export class VolumeCopies {
  /** Copies in progress by volume. */
  readonly #copies = new Map<string, Promise<unknown>>();
  /** The place of each copy, by volume. */
  readonly #places = new SharedPlaces('copies of volumes', { all: MAX_COPIES, perTenant: COPIES_PER_TENANT });
  /** Volumes of containers that are being started. */
  readonly #held = new Set<{ readonly names: readonly string[] }>();

  constructor(private readonly parts: VolumeCopiesParts) {}

  /**
   * Waits until none of the volumes is being copied, and then keeps copies from beginning until the returned function is called. Throws if `signal`
   * aborts while it waits.
   */
  async hold(names: readonly string[], signal: AbortSignal): Promise<() => void> {
    for (;;) {
      const copies = names.flatMap((name) => this.#copies.get(name) ?? []);
      if (copies.length === 0) break;
      const over = new AbortController();
      const pause = this.parts.clock.sleep(WAIT_MS, AbortSignal.any([signal, over.signal]));
      await Promise.race([Promise.all(copies), pause]);
      over.abort();
      signal.throwIfAborted();
    }
    const held = { names };
    this.#held.add(held);
    return () => void this.#held.delete(held);
  }

  isCopied(name: string): boolean {
    return this.#copies.has(name);
  }

  /** Whether a container belongs to a copy in progress. */
  owns({ Labels }: Pick<Docker.ContainerInfo, 'Labels'>): boolean {
    return isHelper(Labels) && this.#copies.has(Labels[LABELS.copy] ?? '');
  }

  /**
   * Starts a copy. Throws a {@link CommandRefusedError} if it cannot be made, and what {@link SharedPlaces} throws. A restore goes on without its caller
   * once it replaces the volume.
   */
  async open({ volume: name, kind, share }: VolumeCopyOrder, signal: AbortSignal): Promise<RunningCommand> {
    if (this.#copies.has(name)) throw new CommandRefusedError('the volume is being copied already');
    if ([...this.#held].some(({ names }) => names.includes(name)))
      throw new CommandRefusedError(VOLUME_IN_USE);
    this.#places.enter(name, share);
    const end = this.#begin(name);
    try {
      await this.#check(name, kind);
      return kind === 'backup' ? await this.#backup(name, end, signal) : this.#restore(name, end, signal);
    } catch (error) {
      await end();
      throw error instanceof CommandRefusedError
        ? error
        : new CommandRefusedError(await this.#reasonOf(name, error), { cause: error });
    }
  }

  /** Returns a function that ends the copy, and removes what only it needed. */
  #begin(name: string): () => Promise<void> {
    let over: () => void = () => undefined;
    this.#copies.set(name, new Promise<void>((resolve) => (over = resolve)));
    const end = async (): Promise<void> => {
      const given = deadline(REMOVAL_MS);
      const late = untilAborted(given).then(() => given.throwIfAborted());
      const rest = this.#removeRest(name, given);
      await Promise.race([rest, late]).catch((error: unknown) => this.#logLeft(name, error));
      this.#copies.delete(name);
      this.#places.leave(name);
      over();
    };
    let ending: Promise<void> | undefined;
    return async () => await (ending ??= end());
  }

  /** Removes what copies of an earlier agent left. The containers are removed like those of unknown allocations. */
  async sweep(): Promise<void> {
    const { docker, own } = this.parts;
    const { Volumes: found } = await docker.listVolumes({ filters: { label: [LABELS.copy] } });
    // Only a copy in progress can mark one of these volumes, so what is not marked from here on is not needed any more.
    const left = found.filter(
      ({ Labels }) => own.has(makerOf(Labels)) && !this.#copies.has(Labels[LABELS.copy] ?? ''),
    );
    for (const { Name, Labels } of left)
      if (!(await this.parts.volumes.kept(Labels[LABELS.copy] ?? '')).includes(Name))
        await docker.getVolume(Name).remove().catch(unlessStatus(404, 409));
  }

  /** Throws a {@link CommandRefusedError} unless the volume is there and no container uses it. */
  async #check(name: string, kind: VolumeCopyOrder['kind']): Promise<void> {
    await this.#removeRest(name, deadline(REMOVAL_MS));
    if (!(await this.parts.volumes.isOwn(name)))
      throw new CommandRefusedError('this node does not have the volume');
    const filters = { volume: [daemonName(name)] };
    const users = await this.parts.docker.listContainers({ all: true, filters });
    if (users.some(({ State }) => !ENDED.has(State))) throw new CommandRefusedError(VOLUME_IN_USE);
    if (kind === 'restore' && users.length > 0)
      throw new CommandRefusedError('a container that used the volume is being removed: try again');
  }

  async #backup(name: string, end: () => Promise<void>, signal: AbortSignal): Promise<RunningCommand> {
    const pace = new CopyPace(this.parts.clock, 'was read');
    const until = AbortSignal.any([signal, pace.signal]);
    const archive = await (await this.#container(name, await this.#whole(name))).archive(until);
    const { ArchiveRefusedError, checkedArchive } = await loadArchives();
    // By the rules of a restore, so that a complete backup can be restored. A daemon that fails in the middle of an archive only ends it early.
    const checked = checkedArchive(archive, this.parts.limits, { bytes: 0, entries: 0 });
    const reasonOf = async (error: unknown): Promise<string> =>
      `${error instanceof ArchiveRefusedError ? 'it could not be restored: ' : ''}${await this.#reasonOf(name, error)}`;
    let sha256: string | undefined;
    const over = new AbortController();
    void pace.watch(AbortSignal.any([over.signal, until]));
    async function* output(): AsyncGenerator<OutputPart> {
      try {
        const read = hashed(pace.taken(checked), (digest) => (sha256 = digest));
        for await (const bytes of read) yield { stream: 'stdout', bytes };
      } catch (error) {
        throw new Error(await reasonOf(pace.problem ?? error), { cause: error });
      } finally {
        over.abort();
        await end();
      }
    }
    // Output that is never read to its end does not end on its own.
    until.addEventListener('abort', () => void end(), { once: true });
    return {
      input: undefined,
      output: output(),
      exitCode: Promise.resolve(0),
      sha256: () => sha256,
      resize: noTerminal,
    };
  }

  /**
   * Returns the daemon's name of the volume that has the whole content. After a restore that was interrupted, that is the second volume, so that what
   * was restored is not lost even if its archive no longer exists.
   */
  async #whole(name: string): Promise<string> {
    const { docker, volumes } = this.parts;
    if (!(await volumes.isMarked(name))) return daemonName(name);
    for (const second of await volumes.kept(name))
      if ((await docker.getVolume(second).inspect().catch(unlessStatus(404))) !== undefined) return second;
    throw new CommandRefusedError(
      'it has only a part of what was restored: a restore was interrupted. Repeat the restore first',
    );
  }

  #restore(name: string, end: () => Promise<void>, signal: AbortSignal): RunningCommand {
    const { clock } = this.parts;
    const input = new PassThrough();
    const progress: Progress = { replacing: false, written: 0, said: '' };
    const restored = async (): Promise<number> => {
      try {
        return await this.#restored(name, input, progress, signal);
      } catch (error) {
        progress.said = await this.#reasonOf(name, error);
        return progress.replacing ? RESTORE_INCOMPLETE : RESTORE_UNCHANGED;
      } finally {
        await end();
      }
    };
    const exitCode = restored();
    async function* output(): AsyncGenerator<OutputPart> {
      const part = (stream: OutputPart['stream'], text: string): OutputPart => ({
        stream,
        bytes: Buffer.from(text),
      });
      for (let isOver = false; !isOver;) {
        const over = new AbortController();
        isOver = await Promise.race([
          exitCode.then(() => true),
          clock.sleep(PROGRESS_MS, over.signal).then(() => false),
        ]);
        over.abort();
        if (progress.replacing) yield part('stdout', `${progress.written}\n`);
      }
      // What is left of the input would make its sender wait.
      input.destroy();
      if (progress.said !== '') yield part('stderr', progress.said);
    }
    return { input, output: output(), exitCode, sha256: () => progress.sha256, resize: noTerminal };
  }

  async #restored(
    name: string,
    input: PassThrough,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<number> {
    const { volumes } = this.parts;
    const copyId = randomUUID();
    await volumes.clearMarked(name);
    const Name = secondVolume(name, copyId);
    await this.parts.docker.createVolume({ Name, Labels: this.#labels(name) });
    const draft = await this.#container(name, Name);
    const content = await this.#received(draft, input, progress, signal);
    const whole = await measured(draft, signal);
    signal.throwIfAborted();
    // From here on, the caller is not needed any more: all of the archive is on this node.
    const begin = (): void => void (progress.replacing = true);
    await volumes.replace(name, copyId, begin).catch((error: unknown) => {
      if (error instanceof CommandRefusedError) progress.replacing = false;
      throw error;
    });
    // What an earlier restore has kept takes up room.
    await this.#removeUnkept(name, this.parts.life).catch((error: unknown) => this.#logLeft(name, error));
    await this.#copied(draft, await this.#container(name, daemonName(name)), whole, progress);
    progress.written = content.bytes;
    await volumes.unmark(name);
    return 0;
  }

  /** Extracts the archive that the caller sends. */
  async #received(
    draft: CopyContainer,
    input: PassThrough,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<ArchiveContent> {
    const { checkedArchive } = await loadArchives();
    const content: ArchiveContent = { bytes: 0, entries: 0 };
    const pace = new CopyPace(this.parts.clock, 'arrived');
    const until = AbortSignal.any([signal, pace.signal]);
    const over = new AbortController();
    const stop = (): void =>
      void input.destroy(pace.problem ?? new CommandRefusedError('the restore was cancelled'));
    until.addEventListener('abort', stop, { once: true });
    try {
      void pace.watch(over.signal);
      const sent = hashed(pace.sent(input), (digest) => (progress.sha256 = digest));
      const checked = checkedArchive(sent, this.parts.limits, content, MOUNT_ENTRY);
      await draft.extract(Readable.from(checked, { objectMode: false }), until);
      return content;
    } catch (error) {
      throw pace.problem ?? error;
    } finally {
      until.removeEventListener('abort', stop);
      over.abort();
    }
  }

  /** Copies the second volume, and checks that it was all of it. A daemon that cannot read a file leaves it out. */
  async #copied(
    draft: CopyContainer,
    target: CopyContainer,
    whole: ArchiveContent,
    progress: Progress,
  ): Promise<void> {
    const { life } = this.parts;
    const { checkedArchive, UNLIMITED } = await loadArchives();
    const copied: ArchiveContent = { bytes: 0, entries: 0 };
    const archive = await draft.archive(life, true);
    try {
      const checked = counted(checkedArchive(archive, UNLIMITED, copied), progress);
      await target.extract(Readable.from(checked, { objectMode: false }), life);
    } finally {
      // Until then, the daemon does not remove the container.
      archive.destroy();
    }
    if (copied.entries !== whole.entries || copied.bytes !== whole.bytes)
      throw new CommandRefusedError(
        `only ${copied.entries} of ${whole.entries} files with ${copied.bytes} of ${whole.bytes} bytes could be copied`,
      );
  }

  async #container(volume: string, daemonVolume: string): Promise<CopyContainer> {
    return await CopyContainer.create(this.parts.docker, { labels: this.#labels(volume), daemonVolume });
  }

  #labels(volume: string): Record<string, string> {
    const { nodeId, log } = this.parts.own;
    return { ...makerLabels(nodeId, log), [LABELS.copy]: volume };
  }

  /** Removes all that a copy has made apart from its result, and from the whole content of a restore that has not completed. */
  async #removeRest(name: string, signal: AbortSignal): Promise<void> {
    const { docker, own } = this.parts;
    const filters = { label: [`${LABELS.copy}=${name}`] };
    const found = await docker.listContainers({ all: true, filters, abortSignal: signal });
    for (const { Id } of found.filter(({ Labels }) => isHelper(Labels) && own.has(makerOf(Labels)))) {
      signal.throwIfAborted();
      await docker.getContainer(Id).remove({ force: true }).catch(unlessStatus(404, 409));
    }
    await this.#removeUnkept(name, signal);
  }

  #logLeft(volume: string, error: unknown): void {
    this.parts.log.warn({ volume, ...errorFields(error) }, 'agent.docker.copy-left');
  }

  async #removeUnkept(name: string, signal: AbortSignal): Promise<void> {
    const { docker, own, volumes } = this.parts;
    const filters = { label: [`${LABELS.copy}=${name}`] };
    const { Volumes: found } = await docker.listVolumes({ filters, abortSignal: signal });
    const kept = await volumes.kept(name);
    for (const { Name } of found.filter(({ Labels }) => own.has(makerOf(Labels)))) {
      signal.throwIfAborted();
      if (!kept.includes(Name)) await docker.getVolume(Name).remove().catch(unlessStatus(404, 409));
    }
  }

  /** Returns what the user sees of an error. The daemon's own words have paths and ids of the node, so only the agent's log has them. */
  async #reasonOf(volume: string, error: unknown): Promise<string> {
    const { ArchiveRefusedError } = await loadArchives();
    this.parts.log.warn({ volume, ...errorFields(error) }, 'agent.docker.copy-failed');
    const isForUser = error instanceof CommandRefusedError || error instanceof ArchiveRefusedError;
    return isForUser ? error.message : copyProblem(daemonMessage(error));
  }
}

/** Whether a container is only for a copy. A task's container may have its label, from an image. */
function isHelper(labels: Readonly<Record<string, string>>): boolean {
  return labels[LABELS.allocation] === undefined;
}

interface Progress {
  /** Whether the former content is gone. */
  replacing: boolean;
  /** Bytes that the volume has of its new content. */
  written: number;
  /** Why the restore failed. */
  said: string;
  /** Digest of the archive, once all of it has arrived. */
  sha256?: string;
}

/** Few agents copy volumes, so what reads archives is not loaded when an agent starts. */
async function loadArchives() {
  return await import('./volume-archive.js');
}

async function noTerminal(): Promise<void> {
  // A copy has no terminal.
}

/** Yields the pieces, and passes on the digest of all of them. */
async function* hashed(
  pieces: AsyncIterable<Uint8Array>,
  done: (sha256: string) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
  done(hash.digest('hex'));
}

/** Counts what a container's volume has. */
async function measured(container: CopyContainer, signal: AbortSignal): Promise<ArchiveContent> {
  const { checkedArchive, UNLIMITED } = await loadArchives();
  const content: ArchiveContent = { bytes: 0, entries: 0 };
  const archive = await container.archive(signal);
  for await (const piece of checkedArchive(archive, UNLIMITED, content)) void piece;
  return content;
}

async function* counted(archive: AsyncIterable<Uint8Array>, progress: Progress): AsyncGenerator<Uint8Array> {
  for await (const piece of archive) {
    progress.written += piece.length;
    yield piece;
  }
}
