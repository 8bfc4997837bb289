import { randomUUID } from 'node:crypto';
import { decode, encode, type MusterEvent, type RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { assertNever } from '#domain/kernel/errors/index.js';
import {
  nextNotificationStep,
  nextStep,
  notificationOf,
  type TaskCommand,
} from '#domain/tasks/task/index.js';
import { createMemoryEventStore } from '../../../../fixtures/memory-event-store.js';
import { HOOK } from '../../../../fixtures/hook.js';
import { streamOf } from '../../../../projections/history.js';
import { CoreOfHistory } from './core.js';
import { Crossing } from './crossing.js';
import { definitionOf, type Act, type Ask, type History, type Move } from './move.js';
import { HistoryServer, isExpected, TASK } from './server.js';
import { NOTHING, shownAfter, type Shown } from './shown.js';

/** Rounds after which everything must have ended. */
const MOST_ROUNDS = 400;

/** Three servers, the core, and users, with one task. */
export class World {
  readonly log: RecordedMusterEvent[] = [];
  readonly #store = createMemoryEventStore();
  readonly #core = new CoreOfHistory();
  readonly #crossing = new Crossing();
  /** State of the read models, by the number of folded events. */
  readonly #shown: Shown[] = [NOTHING];
  readonly #revisions = new Map<string, number>();
  readonly #servers: readonly HistoryServer[];
  readonly #failures: unknown[] = [];
  #now: number;

  constructor(private readonly history: History) {
    this.#now = history.begins;
    const parts = {
      store: this.#store,
      crossing: this.#crossing,
      now: () => this.#now,
      shown: (behind: number) => this.#shown.at(Math.max(0, this.#shown.length - 1 - behind))!,
    };
    this.#servers = [1, 2, 3].map(() => new HistoryServer(parts));
  }

  /** Read models that have caught up with the log. */
  get shown(): Shown {
    return this.#shown.at(-1)!;
  }

  /** Failures that loops and users need not tolerate. */
  get failures(): readonly string[] {
    return this.#failures
      .filter((each) => !isExpected(each))
      .map((each) => (each instanceof Error ? (each.stack ?? each.message) : String(each)));
  }

  /** Plays the history, then lets everything end. Returns whether everything ended. */
  async play(): Promise<boolean> {
    const { begins, task, waiting, moves } = this.history;
    const created = {
      taskId: TASK,
      nameReservation: 'r',
      tenantId: 't1',
      createdBy: 'u1',
      definition: definitionOf(task, begins),
    };
    await this.#asked(0, { kind: 'create', task: created, now: begins });
    await this.#catchUp();
    if (waiting > 0 && this.log.length > 0) await this.#happen(waitingNotices(waiting));
    for (const move of moves) {
      await this.#move(move);
      await this.#catchUp();
    }
    const ended = await this.#comeToItsEnd();
    await Promise.all(this.#servers.map((server) => server.close()));
    return ended;
  }

  async #move(move: Move): Promise<void> {
    switch (move.kind) {
      case 'acts':
        return await this.#act(move);
      case 'clock':
        if (move.server === undefined) this.#now += move.by;
        else this.#servers[move.server]!.skew += move.by;
        for (const [index, server] of this.#servers.entries())
          if (move.server === undefined || move.server === index) server.stepped(move.by);
        return;
      case 'core': {
        const { busy } = this.#core;
        const jobs =
          move.does === 'archived' || busy.length === 0
            ? [...this.shown.runs.keys(), ...this.shown.notices.keys()]
            : busy;
        const job = jobs[move.job % Math.max(1, jobs.length)];
        return job === undefined ? undefined : await this.#happen(this.#core.step(job, move.does));
      }
      default:
        return assertNever(move);
    }
  }

  async #act({ acts, order, tick }: Extract<Move, { kind: 'acts' }>): Promise<void> {
    this.#crossing.close(true);
    const works = acts.map(async ({ server, behind, does, fate }: Act) => {
      const actor = this.#servers[server]!;
      actor.expect(fate?.append ?? 0, fate?.is);
      // Failures count only if no append had a fate.
      if (does.kind === 'look')
        this.#failures.push(...(await actor.look(behind)).filter(() => fate === undefined));
      else
        await this.#asked(
          server,
          this.#commandOf(does, actor.now),
          does.kind === 'trigger' ? does.key : undefined,
          fate === undefined,
        );
    });
    // With a hundred notifications, the ticks would add up to more than a slot may be late.
    const step = this.history.waiting > 0 ? 0 : tick;
    await this.#crossing.letThrough(works, order, () => (this.#now += step));
    this.#crossing.close(false);
    for (const server of this.#servers) server.expect(0, undefined);
  }

  async #asked(server: number, command: TaskCommand, key?: string, isSure = true): Promise<void> {
    const refusal = await this.#servers[server]!.ask(command, key);
    if (refusal !== undefined && isSure) this.#failures.push(refusal);
  }

  #commandOf(asked: Ask, now: number): TaskCommand {
    const [taskId, permitted] = [TASK, true];
    switch (asked.kind) {
      case 'update':
        return {
          kind: 'update',
          taskId,
          definition: definitionOf(asked.definition, this.history.begins),
          nameReservation: 'r',
          now,
          permitted,
        };
      case 'setStatus':
        return { kind: 'setStatus', taskId, status: asked.status, now, permitted };
      case 'trigger':
        return { kind: 'trigger', taskId, permitted, triggered: { trigger: 'manual' } };
      case 'cancel':
        return {
          kind: 'cancel',
          taskId,
          run: Math.max(1, (this.shown.tasks.get(String(taskId))?.newestRun ?? 1) - asked.back),
          now,
        };
      case 'delete':
        return { kind: 'delete', taskId };
      default:
        return assertNever(asked);
    }
  }

  /**
   * Ends the history without faults: clocks are right, nothing is killed, every run succeeds, receivers respond always
   * or never, and no slot is left.
   */
  async #comeToItsEnd(): Promise<boolean> {
    for (const server of this.#servers) server.skew = 0;
    if (this.shown.tasks.get(String(TASK))?.status === 'active')
      await this.#asked(0, {
        kind: 'setStatus',
        taskId: TASK,
        status: 'paused',
        now: this.#now,
        permitted: true,
      });
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      await this.#catchUp();
      const before = this.log.length;
      for (const job of this.#core.busy)
        await this.#happen(
          this.#core.step(
            job,
            notificationOf(job) === undefined || this.history.answers ? 'complete' : 'failed',
          ),
        );
      await this.#catchUp();
      this.#failures.push(...(await this.#servers[round % 3]!.look(0)));
      await this.#catchUp();
      if (this.log.length > before) continue;
      const { runs, notices } = this.shown;
      const next = Math.min(
        ...[...runs.values()].map((run) => nextStep(run)?.at ?? Infinity),
        ...[...notices.values()].map((each) => nextNotificationStep(each)?.at ?? Infinity),
      );
      if (next === Infinity) return true;
      if (next <= this.#now) return false;
      this.#now = next;
    }
    return false;
  }

  /** Appends events of other writers. */
  async #happen(events: readonly MusterEvent[]): Promise<void> {
    for (const event of events) {
      const stream = streamOf(event);
      const encoded = encode(event, { $correlationId: 'c', $causationId: 'c', at: this.#now, actor: 'core' });
      const expected = this.#revisions.get(stream) ?? 'no_stream';
      const { revision } = await this.#store.append({
        stream,
        expected,
        events: [{ id: randomUUID(), ...encoded }],
      });
      this.#revisions.set(stream, revision);
    }
  }

  async #catchUp(): Promise<void> {
    const newest = this.log.at(-1)?.position;
    for await (const page of this.#store.readAll(newest === undefined ? {} : { from: newest })) {
      for (const event of page.map(decode)) {
        this.log.push(event);
        this.#revisions.set(event.stream, event.revision);
        this.#core.see(event);
        this.#shown.push(shownAfter(this.shown, event));
      }
    }
  }
}

/** Notifications about something before the history. */
function waitingNotices(count: number): readonly MusterEvent[] {
  const slots = { slot: 0, until: 0, count: 1 };
  return Array.from({ length: count }, (_, index) => ({
    type: 'TaskNoticeDecided',
    data: { taskId: TASK, notice: index + 1, to: HOOK, on: 'missed', slots },
  }));
}
