import path from 'node:path';
import { MusterError } from '#domain/kernel/errors/index.js';
import {
  type AllocationOrder,
  type AllocationReport,
  type DesiredAllocations,
  type KillTimeouts,
} from '#domain/protocol/index.js';
import { TaskStartError, type IsKnown } from '../drivers/driver.js';
import type { AllocationRecord } from '../journal/record.js';
import { errorFields } from '../platform/log.js';
import { allocationsDigest } from '../platform/digest.js';
import { Allocation, type WaitForResources } from './allocation.js';
import type { RunnerParts } from './runner-parts.js';
import { waitForResources } from './wait-for-resources.js';
import { newRecord, voidRecord } from './new-record.js';
import { isAnotherPlacement, isOrdered, listedIds, refuseOtherContent } from './another-placement.js';
import { invalid, refuseDuplicates, refuseTasks } from './order-problems.js';
import { allocationReport, reportedStatus, textOf, withoutResults } from './report.js';
import {
  beyondRetention,
  jobOfLogs,
  largestFirst,
  tooManyOrOld,
  type Remains,
  type Retention,
} from './retention.js';

/** Maximum number of allocations that have not ended. Further orders are refused, to limit the agent's memory and number of processes. */
const MAX_UNENDED = 5000;
/** Maximum size of the reports in a heartbeat, in bytes. A heartbeat must fit in the server's body limit. */
const REPORTS_BYTES = 400_000;
const SAMPLE_MS = 1000;
/** The more allocations are running, the less often each is measured. */
const SAMPLE_MS_PER_ALLOCATION = 5;
const SAMPLED_AT_ONCE = 20;
const SWEEP_MS = 10_000;
/** Poll interval while waiting for the server to acknowledge an end, in milliseconds. */
const HEARD_MS = 20;
/** The directory of an ended allocation hardly grows, and measuring it may involve a million files. */
const MEASURE_AGAIN_MS = 600_000;
/** A desired list may not include a newer order, so an allocation younger than this is not stopped for being absent from the list. */
const GRACE_MS = 5000;

interface Entry {
  readonly allocation: Allocation;
  readonly accepted: Promise<void>;
  readonly since: number;
  acknowledged: boolean;
  /** Set while what is left of an unknown allocation is being ended, before that is journaled and reported. */
  ending?: true;
  told?: string;
  /** Removal in progress. A new allocation with the same id waits for it. */
  removal?: Promise<void>;
  size?: { readonly bytes: number; readonly at: number };
}

export class Allocations {
  readonly #parts: RunnerParts;
  readonly #retention: Retention;
  readonly #entries = new Map<string, Entry>();
  /** Allocations without a journaled end. A separate set, because each order counts them, and must not iterate over all that ever ran. */
  readonly #unended = new Set<Allocation>();
  readonly #waitForResources: WaitForResources = (allocation, signal) =>
    waitForResources(allocation, this.#unended, this.#parts.log, signal);
  readonly #loaded: Allocation[] = [];
  readonly #going = new Set<string>();
  #turn = 0;
  #ending = false;
  #wanted = new Set<string>();

  constructor(parts: RunnerParts, retention: Retention) {
    this.#parts = parts;
    this.#retention = retention;
  }

  load(records: readonly AllocationRecord[]): void {
    for (const record of [...records].sort((one, other) => one.receivedAt - other.receivedAt)) {
      const allocation = new Allocation(record, this.#parts, this.#waitForResources);
      this.#loaded.push(allocation);
      this.#add({ allocation, accepted: Promise.resolve(), since: -GRACE_MS, acknowledged: false });
    }
  }

  resume(): void {
    for (const allocation of this.#loaded.splice(0)) this.#run(allocation, true);
  }

  /** Accepts an order and resolves when it is journaled. A known order has no effect. An order for an undeclared driver is refused. */
  async accept(order: AllocationOrder, epoch: number | null): Promise<void> {
    if (!this.#entries.has(order.allocation_id)) refuseTasks(order, this.#parts.drivers);
    await this.#take(order, epoch);
  }

  /** An invalid task in a desired list fails when it runs, because a refusal would not reach anyone. */
  async #take(order: AllocationOrder, epoch: number | null): Promise<void> {
    const id = order.allocation_id;
    const known = this.#entries.get(id);
    if (known !== undefined && isAnotherPlacement(known.allocation.record, order)) {
      await this.#evict(known);
      // A different call with the same order was faster.
      if (this.#entries.get(id) !== known) return await this.#take(order, epoch);
    } else if (known !== undefined) {
      await known.accepted;
      refuseOtherContent(known.allocation.record, order);
      known.allocation.setCredentials(order.registry_credentials);
      const { record } = known.allocation;
      if (record.removed || record.stopping !== null)
        throw invalid('allocation_id', `allocation ${id} was stopped`);
      this.#wanted.add(id);
      return;
    }
    if (this.#parts.journal.wasForgotten(id)) throw invalid('allocation_id', `allocation ${id} has ended`);
    refuseDuplicates(order);
    if (this.#unended.size >= MAX_UNENDED)
      throw new MusterError('MUSTER_E_OVERLOADED', { what: `${MAX_UNENDED} unfinished allocations` });
    const allocation = new Allocation(
      newRecord(order, epoch, this.#parts.clock.now(), this.#parts.boot.id, this.#parts.logId?.()),
      this.#parts,
      this.#waitForResources,
    );
    allocation.setCredentials(order.registry_credentials);
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
    this.#parts.log.info(
      { allocationId: id, jobId: order.job_id, group: order.task_group.name },
      'agent.allocation.accepted',
    );
    this.#run(allocation, false);
  }

  /**
   * Stops the allocations that would end with the agent, each within its `kill_timeout`. Resolves to their number once the server has acknowledged
   * their end, or after `timeoutMs`.
   */
  async interrupt(why: string, timeoutMs: number): Promise<number> {
    this.#ending = true;
    const ending = [...this.#entries.values()].filter(
      ({ allocation }) => !allocation.hasEnded && allocation.endsWithAgent,
    );
    await Promise.all(ending.map(({ allocation }) => allocation.interrupt(why)));
    const { clock } = this.#parts;
    const latest = clock.monotonic() + timeoutMs;
    while (clock.monotonic() < latest && !ending.every(({ acknowledged }) => acknowledged))
      await clock.sleep(HEARD_MS);
    return ending.length;
  }

  /** Stops and removes an allocation, known or not, so that it never starts afterwards. Returns false if it was unknown or already removed. */
  async remove(id: string, killTimeouts?: KillTimeouts): Promise<boolean> {
    this.#wanted.delete(id);
    const known = this.#entries.get(id);
    if (known === undefined) {
      if (!this.#parts.journal.wasForgotten(id)) await this.#forbid(id);
      return false;
    }
    await known.accepted.catch(() => undefined);
    const { allocation } = known;
    if (allocation.hasEnded && allocation.record.removed) return false;
    await allocation.stop('stopped by the server', killTimeouts);
    await allocation.remove();
    this.#parts.onChange();
    return true;
  }

  get(id: string): Allocation | undefined {
    const entry = this.#entries.get(id);
    return entry === undefined || entry.allocation.record.removed ? undefined : entry.allocation;
  }

  withLogs(id: string): Allocation | undefined {
    const allocation = this.#going.has(id) ? undefined : this.#entries.get(id)?.allocation;
    return allocation?.record.order === undefined ? undefined : allocation;
  }

  wasSwept(id: string): boolean {
    return this.#going.has(id) || this.#parts.journal.wasForgotten(id);
  }

  list(): Allocation[] {
    return [...this.#entries.values()]
      .map((entry) => entry.allocation)
      .filter((allocation) => !allocation.record.removed);
  }

  running(): number {
    // An ended allocation stays in the set until its end is journaled.
    return [...this.#unended].filter((allocation) => !allocation.hasEnded).length;
  }

  /** Anything that bears the id of another allocation, or of another log's with the same id, is removed. */
  isKnown: IsKnown = (id, made) =>
    isOrdered(this.#entries.get(id)?.allocation.record, made, this.#parts.logId?.());

  digest(): string {
    return allocationsDigest(this.#wanted);
  }

  /** Returns the known ids. Call it before requesting a desired list. */
  known(): ReadonlySet<string> {
    return new Set(this.#entries.keys());
  }

  /** Applies a desired list. Only allocations known `before` the list was requested can be surplus. */
  async reconcile(desired: DesiredAllocations, before: ReadonlySet<string>): Promise<void> {
    const wanted = listedIds(desired);
    const now = this.#parts.clock.monotonic();
    for (const [id, entry] of this.#entries) {
      if (wanted.has(id) || !this.#wanted.has(id)) continue;
      // It arrived after the list was requested, or so shortly before that the server may not have listed it yet.
      if (!before.has(id) || (!entry.allocation.hasEnded && now - entry.since < GRACE_MS)) wanted.add(id);
    }
    this.#wanted = wanted;
    for (const [id, { allocation }] of this.#entries) {
      if (wanted.has(id) || allocation.hasEnded || !before.has(id)) continue;
      this.#parts.log.info({ allocationId: id }, 'agent.allocation.surplus');
      void allocation.stop('no longer required by the server');
    }
    // In parallel, because the orders share syncs and the next heartbeat waits for all of them.
    await Promise.all(desired.allocations.map((order) => this.#takeListed(order, desired.epoch)));
  }

  async #takeListed(order: AllocationOrder, epoch: number): Promise<void> {
    const id = order.allocation_id;
    const known = this.#entries.get(id)?.allocation;
    if (
      known === undefined ? this.#parts.journal.wasForgotten(id) : !isAnotherPlacement(known.record, order)
    ) {
      known?.setCredentials(order.registry_credentials);
      return;
    }
    await this.#take(order, epoch).catch((error: unknown) => {
      this.#parts.log.error({ allocationId: id, ...errorFields(error) }, 'agent.allocation.not-accepted');
    });
  }

  /**
   * Returns the content of a heartbeat: running allocations, and ended ones until the server has acknowledged them and they are no longer desired.
   * With `news`, only changes that the server has not accepted. Changes come first. If not everything fits in one heartbeat, the rest is sent in
   * turns. `more` indicates whether changes are left.
   */
  reports(which: 'all' | 'news'): {
    readonly reports: Record<string, AllocationReport>;
    readonly more: boolean;
  } {
    const news: Entry[] = [];
    const rest: Entry[] = [];
    for (const entry of this.#entries.values()) {
      const { allocation, acknowledged, ending } = entry;
      if (ending || (allocation.hasEnded && acknowledged && !this.#wanted.has(allocation.id))) continue;
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

  /** Records that the server accepted these reports. */
  acknowledge(reports: Readonly<Record<string, AllocationReport>>): void {
    for (const [id, report] of Object.entries(reports)) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      entry.told = JSON.stringify(withoutResults(report));
      if (entry.allocation.hasEnded && report.status === reportedStatus(entry.allocation.record))
        entry.acknowledged = true;
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#sample(signal), this.#sweep(signal)]);
  }

  /** Removes ended allocations that exceed the retention, with their files. Their ids are remembered, so that none of them starts again. */
  async sweep(): Promise<void> {
    const now = this.#parts.clock.now() / 1000;
    const ended: Omit<Remains, 'bytes'>[] = [];
    for (const [allocationId, { allocation, acknowledged }] of this.#entries) {
      if (
        !allocation.hasEnded ||
        !acknowledged ||
        this.#wanted.has(allocationId) ||
        allocation.reads.areUnderWay(this.#parts.clock)
      )
        continue;
      const { order, endTime } = allocation.record;
      ended.push({ allocationId, job: jobOfLogs(order?.job_id ?? ''), endTime: endTime ?? 0 });
    }
    // Measuring takes as long as removing, so skip allocations that are about to be removed.
    const going = new Set(tooManyOrOld(ended, this.#retention, now));
    const staying = ended.filter((each) => !going.has(each.allocationId));
    await this.#removeWorkFiles(staying.flatMap((each) => this.#entries.get(each.allocationId) ?? []));
    const remains: Remains[] = staying.map((each) => ({
      ...each,
      bytes: this.#entries.get(each.allocationId)?.size?.bytes ?? 0,
    }));
    const forgetting: Promise<unknown>[] = [];
    const remove = async (id: string): Promise<boolean> => {
      if (this.#entries.get(id)?.allocation.reads.areUnderWay(this.#parts.clock) !== false) return false;
      this.#going.add(id);
      const failed = (error: unknown): void => this.#removeFailed(id, error);
      if (!(await this.#parts.folders.remove(this.#folder(id)).then(() => true, failed))) return false;
      // In parallel, because these writes share syncs.
      forgetting.push(
        this.#parts.journal.forget(id).then(() => this.#entries.delete(id) && this.#going.delete(id), failed),
      );
      return true;
    };
    const beyond = beyondRetention(remains, this.#retention, now);
    for (const id of [...going, ...beyond]) await remove(id);
    for (const { allocationId, job, bytes } of largestFirst(remains)) {
      if (beyond.includes(allocationId)) continue;
      if (!(await this.#isFull())) break;
      if (await remove(allocationId))
        this.#parts.log.warn({ allocationId, job, bytes, kind: 'output' }, 'agent.disk.freed');
    }
    await Promise.all(forgetting);
  }

  async #isFull(): Promise<boolean> {
    return await this.#parts.folders.isFull(this.#parts.directory);
  }

  /** If ended allocations use too much space, or the disk is full, removes working directories, largest first, before any log is removed. */
  async #removeWorkFiles(entries: readonly Entry[]): Promise<void> {
    const sized: { readonly entry: Entry; readonly bytes: number }[] = [];
    for (const entry of entries) sized.push({ entry, bytes: await this.#sizeOf(entry) });
    let bytes = sized.reduce((sum, each) => sum + each.bytes, 0);
    for (const { entry, bytes: before } of sized.sort((left, right) => right.bytes - left.bytes)) {
      const isFull = await this.#isFull();
      if (bytes <= this.#retention.bytes && !isFull) return;
      const { id } = entry.allocation;
      await this.#parts.folders
        .removeWork(this.#folder(id), entry.allocation.taskNames())
        .catch((error: unknown) => this.#removeFailed(id, error));
      delete entry.size;
      const freed = before - (await this.#sizeOf(entry));
      bytes -= freed;
      if (isFull && freed > 0)
        this.#parts.log.warn({ allocationId: id, bytes: freed, kind: 'work' }, 'agent.disk.freed');
    }
  }

  #removeFailed(allocationId: string, error: unknown): void {
    this.#parts.log.error({ allocationId, ...errorFields(error) }, 'agent.allocation.remove-failed');
  }

  async #sizeOf(entry: Entry): Promise<number> {
    const { clock, folders, log } = this.#parts;
    if (entry.size === undefined || clock.monotonic() - entry.size.at > MEASURE_AGAIN_MS) {
      const bytes = await folders.measure(this.#folder(entry.allocation.id)).catch((error: unknown) => {
        log.warn(
          { allocationId: entry.allocation.id, ...errorFields(error) },
          'agent.allocation.measure-failed',
        );
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
        await Promise.all(
          running.slice(first, first + SAMPLED_AT_ONCE).map((entry) => entry.allocation.sample()),
        );
        if (first + SAMPLED_AT_ONCE < running.length) await clock.sleep(0, signal);
      }
      await clock.sleep(Math.max(SAMPLE_MS, running.length * SAMPLE_MS_PER_ALLOCATION), signal);
    }
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    while (!signal.aborted) {
      await clock.sleep(SWEEP_MS, signal);
      if (!signal.aborted)
        await this.sweep().catch((error: unknown) => log.error(errorFields(error), 'agent.sweep-failed'));
    }
  }

  /**
   * Journals that an unknown allocation must not start, and reports it. If an earlier journal was lost, the allocation may be running. Its end is
   * reported only once the drivers have seen that nothing of it is left.
   */
  async #forbid(id: string): Promise<void> {
    const { clock, boot, drivers, onChange } = this.#parts;
    const allocation = new Allocation(
      voidRecord(id, null, clock.now(), boot.id),
      this.#parts,
      this.#waitForResources,
    );
    const accepted = drivers.endLeft(id).then(() => allocation.accept());
    const entry: Entry = {
      allocation,
      accepted,
      since: clock.monotonic(),
      acknowledged: false,
      ending: true,
    };
    this.#add(entry);
    try {
      await accepted;
    } catch (error) {
      this.#entries.delete(id);
      if (!(error instanceof TaskStartError)) throw error;
      throw new MusterError('MUSTER_E_FAILED', { what: `stop allocation ${id}: ${error.message}` });
    }
    delete entry.ending;
    onChange();
  }

  /** Ends and removes the allocation with this id, so that its new placement starts from a clean state. */
  async #evict(entry: Entry): Promise<void> {
    const { allocation } = entry;
    const remove = async (): Promise<void> => {
      await entry.accepted;
      this.#parts.log.warn({ allocationId: allocation.id }, 'agent.allocation.placed-anew');
      await allocation.stop("its id was reused for a new placement after the server's log was restored");
      await allocation.released();
      await this.#parts.folders.remove(this.#folder(allocation.id));
    };
    await (entry.removal ??= remove().finally(() => delete entry.removal));
  }

  #run(allocation: Allocation, again: boolean): void {
    if (this.#ending) return;
    allocation
      .run(again)
      .catch((error: unknown) =>
        this.#parts.log.error(
          { allocationId: allocation.id, ...errorFields(error) },
          'agent.allocation.run-failed',
        ),
      );
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
