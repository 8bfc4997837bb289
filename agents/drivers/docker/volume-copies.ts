import { PassThrough, Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { RESTORE_INCOMPLETE, RESTORE_UNCHANGED, type VolumeCopyKind } from '#domain/protocol/index.js';
import { CommandRefusedError, type OutputPart, type RunningCommand } from '../../checks/reach.js';
import { errorFields, type AgentLog } from '../../platform/log.js';
import type { DiskLimits } from '../disk-watch.js';
import type { OwnWork } from '../own-work.js';
import { daemonName, makerLabels, makerOf } from './container-request.js';
import { COPY_LABEL, CopyContainer } from './copy-container.js';
import { daemonMessage, unlessStatus } from './docker-error.js';
import type { ArchiveContent } from './volume-archive.js';
import type { Volumes } from './volumes.js';

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
export const MAX_COPIES = 4;
const PROGRESS_MS = 1_000;
const WAIT_MS = 5_000;
const UNLIMITED: DiskLimits = { bytes: Number.POSITIVE_INFINITY, files: Number.POSITIVE_INFINITY };
const IN_USE = 'a container uses the volume: stop its service first';
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
  /** Volumes of containers that are being started. */
  readonly #held = new Set<{ readonly names: readonly string[] }>();

  constructor(private readonly parts: VolumeCopiesParts) {}

  /**
   * Waits until none of the volumes is being copied, and then keeps copies from beginning until the returned function is called. Throws if `signal`
   * aborts before.
   */
  async hold(names: readonly string[], signal: AbortSignal): Promise<() => void> {
    for (;;) {
      const copies = names.flatMap((name) => this.#copies.get(name) ?? []);
      if (copies.length === 0) break;
      signal.throwIfAborted();
      const over = new AbortController();
      const pause = this.parts.clock.sleep(WAIT_MS, AbortSignal.any([signal, over.signal]));
      await Promise.race([Promise.all(copies), pause]);
      over.abort();
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
    return this.#copies.has(Labels[COPY_LABEL] ?? '');
  }

  /** Starts a copy. Throws a {@link CommandRefusedError} if it cannot be made. A restore goes on without its caller once it replaces the volume. */
  async open(name: string, kind: VolumeCopyKind, signal: AbortSignal): Promise<RunningCommand> {
    if (this.#copies.has(name)) throw new CommandRefusedError('the volume is being copied already');
    if ([...this.#held].some(({ names }) => names.includes(name))) throw new CommandRefusedError(IN_USE);
    if (this.#copies.size >= MAX_COPIES)
      throw new CommandRefusedError(
        `${MAX_COPIES} volumes are being copied on this node, which is the most; try again later`,
      );
    const end = this.#begin(name);
    try {
      await this.#check(name, kind);
      return kind === 'backup' ? await this.#backup(name, end, signal) : this.#restore(name, end, signal);
    } catch (error) {
      await end();
      throw error instanceof CommandRefusedError
        ? error
        : new CommandRefusedError(daemonMessage(error), { cause: error });
    }
  }

  /** Returns a function that ends the copy, and removes what only it needed. */
  #begin(name: string): () => Promise<void> {
    let over: () => void = () => undefined;
    this.#copies.set(name, new Promise<void>((resolve) => (over = resolve)));
    const end = async (): Promise<void> => {
      await this.#removeRest(name).catch((error: unknown) =>
        this.parts.log.warn({ volume: name, ...errorFields(error) }, 'agent.docker.copy-left'),
      );
      this.#copies.delete(name);
      over();
    };
    let ending: Promise<void> | undefined;
    return async () => await (ending ??= end());
  }

  /** Removes what copies of an earlier agent left. The containers are removed like those of unknown allocations. */
  async sweep(): Promise<void> {
    const { docker, own } = this.parts;
    const { Volumes: found } = await docker.listVolumes({ filters: { label: [COPY_LABEL] } });
    for (const { Name, Labels } of found)
      if (own.has(makerOf(Labels)) && !this.#copies.has(Labels[COPY_LABEL] ?? ''))
        await docker.getVolume(Name).remove().catch(unlessStatus(404, 409));
  }

  /** Throws a {@link CommandRefusedError} unless the volume is there and no container uses it. */
  async #check(name: string, kind: VolumeCopyKind): Promise<void> {
    await this.#removeRest(name);
    if (!(await this.parts.volumes.isOwn(name)))
      throw new CommandRefusedError('this node does not have the volume');
    if (kind === 'backup' && (await this.parts.volumes.isMarked(name)))
      throw new CommandRefusedError(
        'it has only a part of what was restored: a restore was interrupted. Repeat the restore first',
      );
    const filters = { volume: [daemonName(name)] };
    const users = await this.parts.docker.listContainers({ all: true, filters });
    if (users.some(({ State }) => !ENDED.has(State))) throw new CommandRefusedError(IN_USE);
    if (kind === 'restore' && users.length > 0)
      throw new CommandRefusedError('a container that used the volume is being removed: try again');
  }

  async #backup(name: string, end: () => Promise<void>, signal: AbortSignal): Promise<RunningCommand> {
    const archive = await (await this.#container(name, daemonName(name))).archive(signal);
    const { checkedArchive } = await loadArchives();
    // A daemon that fails in the middle of an archive only ends it early.
    const checked = checkedArchive(archive, UNLIMITED, { bytes: 0, entries: 0 });
    async function* output(): AsyncGenerator<OutputPart> {
      try {
        for await (const bytes of checked) yield { stream: 'stdout', bytes };
      } finally {
        await end();
      }
    }
    // Output that is never read to its end does not end on its own.
    signal.addEventListener('abort', () => void end(), { once: true });
    return { input: undefined, output: output(), exitCode: Promise.resolve(0), resize: noTerminal };
  }

  #restore(name: string, end: () => Promise<void>, signal: AbortSignal): RunningCommand {
    const { clock } = this.parts;
    const input = new PassThrough();
    const progress: Progress = { replacing: false, written: 0, said: '' };
    const restored = async (): Promise<number> => {
      try {
        return await this.#restored(name, input, progress, signal);
      } catch (error) {
        this.parts.log.warn({ volume: name, ...errorFields(error) }, 'agent.docker.restore-failed');
        progress.said = reasonOf(error);
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
    return { input, output: output(), exitCode, resize: noTerminal };
  }

  async #restored(
    name: string,
    input: PassThrough,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<number> {
    const { volumes, limits, life } = this.parts;
    const content: ArchiveContent = { bytes: 0, entries: 0 };
    const stop = (): void => void input.destroy(new Error('the restore was cancelled'));
    signal.addEventListener('abort', stop, { once: true });
    const { checkedArchive, rootEntry } = await loadArchives();
    const second = await this.#secondVolume(name);
    const draft = await this.#container(name, second);
    await draft.extract(Readable.from(checkedArchive(input, limits, content), { objectMode: false }), signal);
    if (content.root !== undefined) await draft.extractMount(rootEntry(content.root), signal);
    signal.removeEventListener('abort', stop);
    signal.throwIfAborted();
    // From here on, the caller is not needed any more: all of the archive is on this node.
    await volumes.replace(name);
    progress.replacing = true;
    const target = await this.#container(name, daemonName(name));
    const archive = await draft.archive(life, true);
    await target.extractMount(Readable.from(counted(archive, progress), { objectMode: false }), life);
    progress.written = content.bytes;
    await volumes.unmark(name);
    return 0;
  }

  async #secondVolume(name: string): Promise<string> {
    const Name = `muster-copy.${name}`;
    await this.parts.docker.createVolume({ Name, Labels: this.#labels(name) });
    return Name;
  }

  async #container(volume: string, daemonVolume: string): Promise<CopyContainer> {
    return await CopyContainer.create(this.parts.docker, { labels: this.#labels(volume), daemonVolume });
  }

  #labels(volume: string): Record<string, string> {
    const { nodeId, log } = this.parts.own;
    return { ...makerLabels(nodeId, log), [COPY_LABEL]: volume };
  }

  /** Removes all that a copy has made apart from its result. */
  async #removeRest(name: string): Promise<void> {
    const { docker, own } = this.parts;
    const filters = { label: [`${COPY_LABEL}=${name}`] };
    const isOwn = ({ Labels }: { readonly Labels: Readonly<Record<string, string>> }): boolean =>
      own.has(makerOf(Labels));
    for (const { Id } of (await docker.listContainers({ all: true, filters })).filter(isOwn))
      await docker.getContainer(Id).remove({ force: true }).catch(unlessStatus(404, 409));
    const { Volumes: found } = await docker.listVolumes({ filters });
    for (const { Name } of found.filter(isOwn))
      await docker.getVolume(Name).remove().catch(unlessStatus(404));
  }
}

interface Progress {
  /** Whether the former content is gone. */
  replacing: boolean;
  /** Bytes that the volume has of its new content. */
  written: number;
  /** Why the restore failed. */
  said: string;
}

/** Few agents copy volumes, so what reads archives is not loaded when an agent starts. */
async function loadArchives() {
  return await import('./volume-archive.js');
}

async function noTerminal(): Promise<void> {
  // A copy has no terminal.
}

function reasonOf(error: unknown): string {
  return daemonMessage(error).replace(/^Error processing tar file\(exit status \d+\): /, '');
}

async function* counted(archive: Readable, progress: Progress): AsyncGenerator<Uint8Array> {
  for await (const piece of archive) {
    progress.written += (piece as Uint8Array).length;
    yield piece as Uint8Array;
  }
}
