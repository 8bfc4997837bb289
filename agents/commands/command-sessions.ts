import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AgentHandlers, CommandOperation, NodeShare } from '#domain/protocol/index.js';
import { CommandRefusedError, type RunningCommand } from '../checks/reach.js';
import type { Drivers } from '../drivers/drivers.js';
import { SharedPlaces } from '../platform/shared-places.js';
import type { Allocation } from '../runner/allocation.js';
import { CommandSession } from './command-session.js';

export interface CommandParts {
  /** Throws `MUSTER_E_ALLOCATION_NOT_FOUND`. */
  readonly found: (allocationId: string) => Pick<Allocation, 'openCommand'>;
  readonly drivers: Pick<Drivers, 'copyVolume'>;
  readonly clock: Clock;
  readonly life: AbortSignal;
}

/** Maximum number of commands in tasks and copies of volumes that run on a node at a time. */
const MAX_COMMANDS = 64;
const COMMANDS_PER_TENANT = 16;
/** A command is ended if its output was not requested for this long, in milliseconds: its server is gone. */
export const ABANDONED_MS = 30_000;

interface Opened {
  readonly session: string;
  readonly caller: string;
  readonly share: NodeShare | undefined;
}

/** Commands that run in tasks of this node, and copies of its volumes. Each ends when its client does, when its task does, and when the agent does. */
export class CommandSessions {
  /** Undefined while the command is being started. */
  readonly #sessions = new Map<string, CommandSession | undefined>();
  /** The place of each session. */
  readonly #places = new SharedPlaces('commands', { all: MAX_COMMANDS, perTenant: COMMANDS_PER_TENANT });

  constructor(private readonly parts: CommandParts) {}

  readonly operations = {
    openCommand: async ({ session, caller, share, allocation_id, task, command, env, input, terminal }) => {
      const allocation = this.parts.found(allocation_id);
      await this.#open(
        { session, caller, share },
        async (signal) => await allocation.openCommand(task, command, { env, input, terminal }, signal),
      );
      return { message: 'started' };
    },

    copyVolume: async ({ session, caller, ...order }) => {
      await this.#open({ session, caller, share: order.share }, async (signal) => {
        try {
          return await this.parts.drivers.copyVolume(order, signal);
        } catch (error) {
          if (!(error instanceof CommandRefusedError)) throw error;
          throw new MusterError('MUSTER_E_COMMAND_REFUSED', { problem: error.message }, { cause: error });
        }
      });
      return { message: 'started' };
    },

    nextCommandOutput: async ({ session, caller, chunk }) => ({
      chunk,
      output: [...(await this.#session(session, caller).next(chunk))],
    }),

    commandInput: async ({ session, caller, ...input }) => ({
      accepted: await this.#session(session, caller).input(input),
    }),

    resizeCommand: async ({ session, caller, size }) => {
      await this.#session(session, caller).resize(size);
      return { message: 'resized' };
    },

    closeCommand: ({ session, caller }) => {
      // A start that has no answer yet may be closed, too.
      if (this.#sessions.has(session) && this.#sessions.get(session) === undefined) this.#closed.add(session);
      else this.#end(session, this.#session(session, caller));
      return { message: 'closed' };
    },
  } satisfies AgentHandlers<CommandOperation, void>;

  readonly #closed = new Set<string>();

  /** Ends commands that were abandoned, until the agent ends. */
  async run(): Promise<void> {
    const { clock, life } = this.parts;
    while (!life.aborted) {
      await clock.sleep(ABANDONED_MS / 4, life);
      const now = clock.monotonic();
      for (const [id, session] of this.#sessions)
        if (session !== undefined && now - session.usedAt > ABANDONED_MS) this.#end(id, session);
    }
  }

  async #open(
    { session, caller, share }: Opened,
    start: (signal: AbortSignal) => Promise<RunningCommand>,
  ): Promise<void> {
    if (this.#sessions.has(session))
      throw new MusterError('MUSTER_E_INVALID', { field: 'session', problem: 'is already in use' });
    this.#places.enter(session, share);
    const abort = new AbortController();
    this.#sessions.set(session, undefined);
    let running: RunningCommand;
    try {
      running = await start(AbortSignal.any([abort.signal, this.parts.life]));
    } catch (error) {
      this.#closed.delete(session);
      this.#delete(session);
      throw error;
    }
    if (this.#closed.delete(session)) abort.abort();
    this.#sessions.set(session, new CommandSession(caller, running, abort, this.parts.clock));
  }

  get size(): number {
    return this.#sessions.size;
  }

  #session(id: string, caller: string): CommandSession {
    const session = this.#sessions.get(id);
    // The commands of others appear to be absent.
    if (session?.caller !== caller) throw new MusterError('MUSTER_E_COMMAND_NOT_FOUND');
    return session;
  }

  #end(id: string, session: CommandSession): void {
    session.close();
    this.#delete(id);
  }

  #delete(id: string): void {
    this.#sessions.delete(id);
    this.#places.leave(id);
  }
}
