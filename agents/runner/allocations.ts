import path from 'node:path';
import { MusterError } from '#domain/errors/index.js';
import { taskOfOrder, type AllocationOrder, type AllocationReport, type DesiredAllocations } from '#domain/protocol/index.js';
import type { AllocationRecord } from '../journal/record.js';
import { errorFields } from '../log.js';
import { allocationsDigest } from '../digest.js';
import { Allocation, type AwaitTurn, type RunnerParts } from './allocation.js';
import { awaitTurn } from './await-turn.js';
import { newRecord, voidRecord } from './new-record.js';
import { isAnotherPlacement, refuseOtherContent } from './placed-anew.js';
import { invalid, refuseDuplicates } from './order-problems.js';
import { allocationReport, reportedStatus, textOf, withoutResults } from './report.js';
import { beyondRetention, jobOfLogs, tooManyOrOld, type Remains, type Retention } from './retention.js';
import { measureFolder, removeFolder, removeWorkFolders } from '../task-files.js';

/** More are refused: an agent's memory and processes are bounded too. */
const MOST_UNENDED = 5000;
/** A heartbeat must fit a body of the server. */
const REPORTS_BYTES = 400_000;
const SAMPLE_MS = 1000;
/** The more run, the less often each is measured. */
const SAMPLE_MS_PER_ALLOCATION = 5;
const SAMPLED_AT_ONCE = 20;
const SWEEP_MS = 10_000;
/** Between two looks whether the server has heard of an end. */
const HEARD_MS = 20;
/** What an ended allocation left hardly grows any more, and may be a million files. */
const MEASURE_AGAIN_MS = 600_000;
/** A desired list that is older than an order may miss it: an allocation that young is not stopped for that. */
const GRACE_MS = 5000;

interface Entry {
  readonly allocation: Allocation;
  readonly accepted: Promise<void>;
  /** Monotonic. */
  readonly since: number;
  /** The server has been told how it ended. */
  acknowledged: boolean;
  /** The newest report that the server has taken. */
  told?: string;
  /** Under way while it makes room for another allocation of its id. */
  removal?: Promise<void>;
  /** Bytes of its folder, and when that was measured. */
  size?: { readonly bytes: number; readonly at: number };
}

/** All allocations of this node, running and ended. */
export class Allocations {
  readonly #parts: RunnerParts;
  readonly #retention: Retention;
  readonly #entries = new Map<string, Entry>();
  /** Those of them that have not ended, or whose end is not written down yet: counted at each order, which must not look at all that ever ran. */
  readonly #unended = new Set<Allocation>();
  readonly #awaitTurn: AwaitTurn = (allocation, signal) => awaitTurn(allocation, this.#unended, this.#parts.log, signal);
  readonly #loaded: Allocation[] = [];
  /** Those whose files are being removed. */
  readonly #going = new Set<string>();
  #turn = 0;
  #ending = false;
  /** What the server wants here, as far as the agent knows. */
  #wanted = new Set<string>();

  constructor(parts: RunnerParts, retention: Retention) {
    this.#parts = parts;
    this.#retention = retention;
  }

  /** Takes in what agents before have accepted. */
  load(records: readonly AllocationRecord[]): void {
    for (const record of [...records].sort((one, other) => one.receivedAt - other.receivedAt)) {
      const allocation = new Allocation(record, this.#parts, this.#awaitTurn);
      this.#loaded.push(allocation);
      this.#add({ allocation, accepted: Promise.resolve(), since: -GRACE_MS, acknowledged: false });
    }
  }

  /** Goes on with what was taken in, and lets go of what has ended. */
  resume(): void {
    for (const allocation of this.#loaded.splice(0)) this.#run(allocation, true);
  }

  /** Takes an order; resolves when it is written down. One that is known already changes nothing; one of a driver that the node did not declare is refused. */
  async accept(order: AllocationOrder, epoch: number | null): Promise<void> {
    if (!this.#entries.has(order.allocation_id)) this.#refuseDrivers(order);
    await this.#take(order, epoch);
  }

  /** What is wrong with a task that a desired list holds is told by how it ends: nobody would hear a refusal. */
  async #take(order: AllocationOrder, epoch: number | null): Promise<void> {
    const id = order.allocation_id;
    const known = this.#entries.get(id);
    if (known !== undefined && isAnotherPlacement(known.allocation.record, order)) {
      await this.#makeRoom(known);
      // Another call with the same order waited too, and was first.
      if (this.#entries.get(id) !== known) return await this.#take(order, epoch);
    } else if (known !== undefined) {
      await known.accepted;
      refuseOtherContent(known.allocation.record, order);
      known.allocation.give(order.registry_credentials);
      const { record } = known.allocation;
      if (record.removed || record.stopping !== null) throw invalid('allocation_id', `allocation ${id} was stopped`);
      this.#wanted.add(id);
      return;
    }
    if (this.#parts.journal.wasForgotten(id)) throw invalid('allocation_id', `allocation ${id} has ended`);
    refuseDuplicates(order);
    if (this.#unended.size >= MOST_UNENDED) throw new MusterError('MUSTER_E_OVERLOADED', { what: `${MOST_UNENDED} allocations` });
    const allocation = new Allocation(newRecord(order, epoch, this.#parts.clock.now()), this.#parts, this.#awaitTurn);
    allocation.give(order.registry_credentials);
    const accepted = allocation.accept();
    this.#add({ allocation, accepted, since: this.#parts.clock.monotonic(), acknowledged: false });
    this.#wanted.add(id);
    try {
      await accepted;
    } catch (error) {
      this.#entries.delete(id);
      this.#unended.delete(allocation);
      this.#wanted.delete(id);
      throw error;
    }
    this.#parts.log.info({ allocationId: id, jobId: order.job_id, group: order.task_group.name }, 'agent.allocation.accepted');
    this.#run(allocation, false);
  }

  /** Stops, within their `kill_timeout`, what would end with the agent. Resolves with their number once the server, or for `patienceMs` none, has heard. */
  async interrupt(why: string, patienceMs: number): Promise<number> {
    this.#ending = true;
    const ending = [...this.#entries.values()].filter(({ allocation }) => !allocation.hasEnded && allocation.endsWithAgent);
    await Promise.all(ending.map(({ allocation }) => allocation.interrupt(why)));
    const { clock } = this.#parts;
    const latest = clock.monotonic() + patienceMs;
    while (clock.monotonic() < latest && !ending.every(({ acknowledged }) => acknowledged)) await clock.sleep(HEARD_MS);
    return ending.length;
  }

  /** Stops and removes an allocation, known or not: it never starts afterwards. False where there was none. */
  async remove(id: string): Promise<boolean> {
    this.#wanted.delete(id);
    const known = this.#entries.get(id);
    if (known === undefined) {
      if (!this.#parts.journal.wasForgotten(id)) await this.#forbid(id);
      return false;
    }
    await known.accepted.catch(() => undefined);
    const { allocation } = known;
    if (allocation.hasEnded && allocation.record.removed) return false;
    await allocation.stop('stopped by the server');
    await allocation.remove();
    this.#parts.onChange();
    return true;
  }

  /** The allocation as its API shows it: not one that was removed. */
  get(id: string): Allocation | undefined {
    const entry = this.#entries.get(id);
    return entry === undefined || entry.allocation.record.removed ? undefined : entry.allocation;
  }

  /** Also one that was removed, as long as its logs are kept. */
  withLogs(id: string): Allocation | undefined {
    const allocation = this.#going.has(id) ? undefined : this.#entries.get(id)?.allocation;
    return allocation?.record.order === undefined ? undefined : allocation;
  }

  /** Whether the retention removed it. */
  wasSwept(id: string): boolean {
    return this.#going.has(id) || this.#parts.journal.wasForgotten(id);
  }

  list(): Allocation[] {
    return [...this.#entries.values()].map((entry) => entry.allocation).filter((allocation) => !allocation.record.removed);
  }

  /** How many have not ended. */
  running(): number {
    // One that has ended stays in the set until that is written down.
    return [...this.#unended].filter((allocation) => !allocation.hasEnded).length;
  }

  isKnown = (id: string): boolean => this.#entries.has(id);

  /** Digest of what the server wants here, to be compared with the server's. */
  digest(): string {
    return allocationsDigest(this.#wanted);
  }

  /** Ids that are known now; taken before a desired list is asked for. */
  known(): ReadonlySet<string> {
    return new Set(this.#entries.keys());
  }

  /**
   * Makes the difference between the desired list and what is here. Only what was `before` the list was asked for
   * can be surplus.
   */
  async reconcile(desired: DesiredAllocations, before: ReadonlySet<string>): Promise<void> {
    const wanted = new Set(desired.allocations.map((order) => order.allocation_id));
    const now = this.#parts.clock.monotonic();
    for (const [id, entry] of this.#entries) {
      if (wanted.has(id) || !this.#wanted.has(id)) continue;
      // Came after the list was asked for, or so shortly before that the server may not have listed it yet.
      if (!before.has(id) || (!entry.allocation.hasEnded && now - entry.since < GRACE_MS)) wanted.add(id);
    }
    this.#wanted = wanted;
    for (const [id, { allocation }] of this.#entries) {
      if (wanted.has(id) || allocation.hasEnded || !before.has(id)) continue;
      this.#parts.log.info({ allocationId: id }, 'agent.allocation.surplus');
      void allocation.stop('no longer wanted by the server');
    }
    // Not one after the other: they share their syncs, and the next heartbeat waits for all of them.
    await Promise.all(desired.allocations.map((order) => this.#takeListed(order, desired.epoch)));
  }

  async #takeListed(order: AllocationOrder, epoch: number): Promise<void> {
    const id = order.allocation_id;
    const known = this.#entries.get(id)?.allocation;
    if (known === undefined ? this.#parts.journal.wasForgotten(id) : !isAnotherPlacement(known.record, order)) {
      known?.give(order.registry_credentials);
      return;
    }
    await this.#take(order, epoch).catch((error: unknown) => {
      this.#parts.log.error({ allocationId: id, ...errorFields(error) }, 'agent.allocation.not-accepted');
    });
  }

  /**
   * What a heartbeat says: all that runs, and what has ended until the server has heard of it and wants it no more; or of
   * these only `news` that the server has not taken yet. They come first; where it is too much for one heartbeat the rest
   * takes turns, and `more` says that news are among it.
   */
  reports(which: 'all' | 'news'): { readonly reports: Record<string, AllocationReport>; readonly more: boolean } {
    const news: Entry[] = [];
    const rest: Entry[] = [];
    for (const entry of this.#entries.values()) {
      const { allocation, acknowledged } = entry;
      if (allocation.hasEnded && acknowledged && !this.#wanted.has(allocation.id)) continue;
      (entry.told === textOf(allocation.record) ? rest : news).push(entry);
    }
    this.#turn = rest.length === 0 ? 0 : (this.#turn + 1) % rest.length;
    const reports: Record<string, AllocationReport> = {};
    let size = 0;
    let told = 0;
    if (which === 'news') rest.length = 0;
    const fresh = new Set(news);
    for (const entry of [...news, ...rest.slice(this.#turn), ...rest.slice(0, this.#turn)]) {
      const { id, record } = entry.allocation;
      const report = allocationReport(record, fresh.has(entry) ? 'with results' : 'without results');
      size += Buffer.byteLength(JSON.stringify(report)) + 110;
      if (told > 0 && size > REPORTS_BYTES) break;
      reports[id] = report;
      told += 1;
    }
    return { reports, more: told < news.length };
  }

  /** The server has taken these reports. */
  acknowledge(reports: Readonly<Record<string, AllocationReport>>): void {
    for (const [id, report] of Object.entries(reports)) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      entry.told = JSON.stringify(withoutResults(report));
      if (entry.allocation.hasEnded && report.status === reportedStatus(entry.allocation.record)) entry.acknowledged = true;
    }
  }

  /** Measures what runs, and forgets what has long ended. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#sample(signal), this.#sweep(signal)]);
  }

  /** Forgets ended allocations beyond the retention, files and all; their ids are kept, so that none starts again. */
  async sweep(): Promise<void> {
    const now = this.#parts.clock.now() / 1000;
    const ended: Omit<Remains, 'bytes'>[] = [];
    for (const [allocationId, { allocation, acknowledged }] of this.#entries) {
      if (!allocation.hasEnded || !acknowledged || this.#wanted.has(allocationId) || allocation.reads.areUnderWay(this.#parts.clock)) continue;
      const { order, endTime } = allocation.record;
      ended.push({ allocationId, job: jobOfLogs(order?.job_id ?? ''), endTime: endTime ?? 0 });
    }
    // What goes anyway is not measured: that takes as long as its removal.
    const going = new Set(tooManyOrOld(ended, this.#retention, now));
    const staying = ended.filter((each) => !going.has(each.allocationId));
    await this.#removeWorkFiles(staying.flatMap((each) => this.#entries.get(each.allocationId) ?? []));
    const remains: Remains[] = staying.map((each) => ({ ...each, bytes: this.#entries.get(each.allocationId)?.size?.bytes ?? 0 }));
    const forgetting: Promise<unknown>[] = [];
    for (const id of [...going, ...beyondRetention(remains, this.#retention, now)]) {
      // One that cannot go keeps none of the others; it is tried again.
      if (this.#entries.get(id)?.allocation.reads.areUnderWay(this.#parts.clock) !== false) continue;
      this.#going.add(id);
      const failed = (error: unknown): void => this.#removeFailed(id, error);
      if (!(await removeFolder(this.#folder(id)).then(() => true, failed))) continue;
      // Not waited for one by one: they share their syncs.
      forgetting.push(this.#parts.journal.forget(id).then(() => this.#entries.delete(id) && this.#going.delete(id), failed));
    }
    await Promise.all(forgetting);
  }

  /** Where ended allocations take too much space, what their tasks left in their working folders goes before any log does: the largest first. */
  async #removeWorkFiles(entries: readonly Entry[]): Promise<void> {
    const sized: { readonly entry: Entry; readonly bytes: number }[] = [];
    for (const entry of entries) sized.push({ entry, bytes: await this.#sizeOf(entry) });
    let bytes = sized.reduce((sum, each) => sum + each.bytes, 0);
    for (const { entry, bytes: before } of sized.sort((left, right) => right.bytes - left.bytes)) {
      if (bytes <= this.#retention.bytes) return;
      const { id } = entry.allocation;
      await removeWorkFolders(this.#folder(id), entry.allocation.taskNames()).catch((error: unknown) => this.#removeFailed(id, error));
      delete entry.size;
      bytes += (await this.#sizeOf(entry)) - before;
    }
  }

  #removeFailed(allocationId: string, error: unknown): void {
    this.#parts.log.error({ allocationId, ...errorFields(error) }, 'agent.allocation.remove-failed');
  }

  async #sizeOf(entry: Entry): Promise<number> {
    const { clock, log } = this.#parts;
    if (entry.size === undefined || clock.monotonic() - entry.size.at > MEASURE_AGAIN_MS) {
      const bytes = await measureFolder(this.#folder(entry.allocation.id)).catch((error: unknown) => {
        log.warn({ allocationId: entry.allocation.id, ...errorFields(error) }, 'agent.allocation.measure-failed');
        return entry.size?.bytes ?? 0;
      });
      entry.size = { bytes, at: clock.monotonic() };
    }
    return entry.size.bytes;
  }

  async #sample(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      const running = [...this.#entries.values()].filter((entry) => !entry.allocation.hasEnded);
      for (let first = 0; first < running.length && !signal.aborted; first += SAMPLED_AT_ONCE) {
        await Promise.all(running.slice(first, first + SAMPLED_AT_ONCE).map((entry) => entry.allocation.sample()));
        // Orders have their turn between.
        if (first + SAMPLED_AT_ONCE < running.length) await clock.sleep(0, signal);
      }
      await clock.sleep(Math.max(SAMPLE_MS, running.length * SAMPLE_MS_PER_ALLOCATION), signal);
    }
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    while (!signal.aborted) {
      await clock.sleep(SWEEP_MS, signal);
      if (!signal.aborted) await this.sweep().catch((error: unknown) => log.error(errorFields(error), 'agent.sweep-failed'));
    }
  }

  /** Writes down that an allocation which is not here must not start, and tells the server so. */
  async #forbid(id: string): Promise<void> {
    const { clock, onChange } = this.#parts;
    const allocation = new Allocation(voidRecord(id, null, clock.now()), this.#parts, this.#awaitTurn);
    const accepted = allocation.accept();
    this.#add({ allocation, accepted, since: clock.monotonic(), acknowledged: false });
    await accepted;
    onChange();
  }

  /** Ends what has the id and removes what it left, so that the id's new placement finds nothing of it. */
  async #makeRoom(entry: Entry): Promise<void> {
    const { allocation } = entry;
    const remove = async (): Promise<void> => {
      await entry.accepted;
      this.#parts.log.warn({ allocationId: allocation.id }, 'agent.allocation.placed-anew');
      await allocation.stop("its id was placed anew: the server's log was restored");
      await allocation.released();
      await removeFolder(this.#folder(allocation.id));
    };
    await (entry.removal ??= remove().finally(() => delete entry.removal));
  }

  #run(allocation: Allocation, again: boolean): void {
    // It is begun by the next agent.
    if (this.#ending) return;
    allocation
      .run(again)
      .catch((error: unknown) => this.#parts.log.error({ allocationId: allocation.id, ...errorFields(error) }, 'agent.allocation.run-failed'));
  }

  #refuseDrivers(order: AllocationOrder): void {
    for (const [index, told] of order.task_group.tasks.entries()) {
      const wrong = this.#parts.drivers.problemOf(taskOfOrder(told));
      if (wrong !== undefined) throw invalid(`task_group.tasks.${index}.${wrong.field}`, wrong.problem);
    }
  }

  #add(entry: Entry): void {
    const { allocation } = entry;
    this.#entries.set(allocation.id, entry);
    if (allocation.hasEnded) return;
    this.#unended.add(allocation);
    void allocation.ended.then(() => this.#unended.delete(allocation));
  }

  #folder(allocationId: string): string {
    return path.join(this.#parts.directory, allocationId);
  }
}
