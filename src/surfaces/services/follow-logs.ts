import { services, type ServiceDocument, activeWorkIn } from '#projections/services/services.js';
import { isPull, serviceErrors, type LastOutput } from '#domain/services/service/index.js';
import { holding, linesOf, merged, openLogOrStoredEnd } from '#src/features/task-logs/index.js';
import { read } from '#src/http/index.js';
import {
  hasStarted,
  logPlacesOf,
  nothingToFollow,
  outputOf,
  said,
  type LineSelection,
  type LogPlace,
} from './instance-logs.js';
import type { ServicesSurface } from './surface.js';

/** How often a followed service is read for instances that started, in milliseconds. */
const INTERVAL_MS = 500;

const DELETED = 'The service was deleted.';

export interface FollowSelection extends LineSelection {
  readonly search: string | undefined;
  /** Only instances of this deployment. Default: those of every deployment that is active, or will be. */
  readonly deployment: number | undefined;
  /** Whether lines name their instance. Default: once several instances run at the same time. */
  readonly prefix: boolean | undefined;
}

/** The task of an instance whose log is read. */
interface Source {
  readonly nodeId: string;
  readonly allocationId: string;
  readonly task: string;
  /** Whether the task may still write. */
  readonly lives: boolean;
}

type Lines = AsyncGenerator<readonly string[]>;

/** Follows the logs of a service's instances, and of those that start later, until the service has ended, or the followed deployment. */
export class FollowedService {
  /** Each log that was opened. The value is the time at which it broke off (Unix seconds), and `undefined` if it did not. */
  readonly #known = new Map<string, number | undefined>();
  #several = false;
  #end: string | undefined;

  constructor(
    private readonly surface: ServicesSurface,
    private readonly serviceId: string,
    private readonly asked: FollowSelection,
    private readonly signal: AbortSignal,
  ) {}

  /** `places` are the instances at the beginning. */
  async *lines(places: readonly LogPlace[]): Lines {
    if (!places.some(hasStarted)) yield* nothingToFollow(this.surface, places, this.asked);
    for (const { ends, held } of places)
      for (const end of ends)
        if (end.allocationId !== held?.allocationId) this.#known.set(keyOf(end), undefined);
    yield* merged(this.#logs(places));
    if (this.#end !== undefined) yield said(this.#end).lines;
  }

  async *#logs(first: readonly LogPlace[]): AsyncGenerator<Lines> {
    const { clock } = this.surface.parts;
    const { until, deployment, tail } = this.asked;
    const isOver = (): boolean => this.signal.aborted || (until !== undefined && clock.now() >= until * 1000);
    let end = await this.#ended();
    yield* this.#opened(first, tail);
    while (!isOver()) {
      await clock.sleep(INTERVAL_MS, this.signal);
      if (this.signal.aborted) return;
      // The instances are read after the end was, so that none of those that started before the end is missing.
      const ended = await this.#ended();
      if (ended !== DELETED)
        yield* this.#opened(await logPlacesOf(this.surface, this.serviceId, deployment), undefined);
      // The documents of one append can be written one after another: between two deployments a service can seem to have ended.
      if (end !== undefined && ended !== undefined) {
        this.#end = ended;
        return;
      }
      end = ended;
    }
  }

  /** Returns why there will be no more instances, or undefined while there may be. */
  async #ended(): Promise<string | undefined> {
    const { readModels } = this.surface.parts;
    const { deployment } = this.asked;
    const stored = await readModels.get(services.name, this.serviceId);
    if (stored === undefined) return DELETED;
    const { deployments, failure, failed } = read<ServiceDocument>(stored);
    if (deployment !== undefined) {
      const line = deployments.find(({ number }) => number === deployment);
      if (line?.standing !== undefined) return undefined;
      return `Deployment ${deployment} is over.${because(line?.reason)}`;
    }
    if (activeWorkIn({ deployments }).length > 0) return undefined;
    if (deployments.length === 0) return 'The service has not been started.';
    return `The service ${failed ? 'failed' : 'is stopped'}.${because(failure)}`;
  }

  *#opened(places: readonly LogPlace[], tail: number | undefined): Generator<Lines> {
    const sources = places.flatMap(sourcesIn);
    this.#several ||= sources.filter(({ lives }) => lives).length > 1;
    for (const source of sources) {
      const key = keyOf(source);
      const brokeOff = this.#known.get(key);
      if (this.#known.has(key) && brokeOff === undefined) continue;
      this.#known.set(key, undefined);
      yield this.#read(source, places, tail, brokeOff);
    }
  }

  /** A log that breaks off because its agent is replaced or unreachable is read again from then on, while its instance runs. */
  async *#read(
    source: Source,
    places: readonly LogPlace[],
    tail: number | undefined,
    brokeOff: number | undefined,
  ): Lines {
    const { asked, signal } = this;
    const name = source.allocationId.slice(0, 8);
    const { search, stream, timestamps, until } = asked;
    const log = {
      at: source,
      task: source.task,
      stream,
      tail,
      since: brokeOff ?? asked.since,
      until,
      timestamps,
      absent: serviceErrors.MUSTER_E_SERVICE_LOGS,
    };
    const own = places.flatMap(({ ends }) => ends).find((end) => keyOf(end) === keyOf(source));
    const kept = async (): Promise<string | undefined> => await outputOf(this.surface, own, stream);
    let reads = brokeOff === undefined;
    try {
      const { chunks, isEnd } = await openLogOrStoredEnd(this.surface.parts, { log, kept }, true, signal);
      if (isEnd) yield said(`only the end of the output of instance ${name} is available`).lines;
      const lines = search === undefined ? linesOf(chunks) : holding(linesOf(chunks), search);
      for await (const some of lines) {
        reads = true;
        yield this.#prefixed(name, some);
      }
    } catch {
      if (signal.aborted) return;
      if (reads)
        yield said(
          `the log of instance ${name} ${source.lives ? 'cannot be read at present' : 'is not available'}`,
        ).lines;
      if (source.lives) this.#known.set(keyOf(source), this.surface.parts.clock.now() / 1000);
    }
  }

  #prefixed(name: string, lines: readonly string[]): readonly string[] {
    return (this.asked.prefix ?? this.#several) ? lines.map((line) => `${name} | ${line}`) : lines;
  }
}

function because(reason: { readonly message: string } | null | undefined): string {
  return reason === null || reason === undefined ? '' : ` ${reason.message}`;
}

/** The newest instance of a slot, and those before it that ended, which may have started after the slot was last read. */
function sourcesIn(place: LogPlace): Source[] {
  const sources: Source[] = place.ends.map(({ nodeId, allocationId, task }) => ({
    nodeId,
    allocationId,
    task,
    lives: false,
  }));
  if (!hasStarted(place)) return sources;
  const { nodeId, allocationId, tasks, running, ended, released } = place.held;
  if (isPull({ tasks })) return sources;
  const own = Object.keys(tasks).map((task) => ({
    nodeId,
    allocationId,
    task,
    lives: running && ended === null && released === null,
  }));
  return [...sources.filter((source) => source.allocationId !== allocationId), ...own];
}

function keyOf({ allocationId, task }: Pick<LastOutput, 'allocationId' | 'task'>): string {
  return `${allocationId}/${task}`;
}
