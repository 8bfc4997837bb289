import { isMusterError, type DeclaredError } from '#domain/kernel/errors/index.js';
import type { Aggregate, AnyEvent } from '#domain/kernel/event/index.js';
import type { HeldNameCommand, HeldNameState } from '#domain/kernel/held-name.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { once, type CommandContext, type CommandExecutor } from '#domain/kernel/ports/command-executor.js';

/** Whether a holder has adopted a name, may still do so, or never will because its stream has ended. */
export type Adoption = 'adopted' | 'pending' | 'over';

export interface HeldNamesOptions<Holder, Event extends AnyEvent> {
  readonly executor: CommandExecutor;
  readonly clock: Pick<Clock, 'now'>;
  readonly names: Aggregate<HeldNameCommand<Holder>, Event, HeldNameState<Holder>>;
  /** The error that `names` throws if another holder has the name. */
  readonly taken: DeclaredError;
  readonly adoption: (holder: Holder, reservation: string) => Promise<Adoption>;
}

/** Reserves names before their holders adopt them. A name that its holder never adopted is reclaimed. */
export class HeldNames<Holder, Event extends AnyEvent> {
  constructor(private readonly options: HeldNamesOptions<Holder, Event>) {}

  /** Throws `taken` if another holder has the name. `called` is the name as shown in the error. */
  async reserve(reservation: string, holder: Holder, called: string, context: CommandContext): Promise<void> {
    const { executor, clock, names, taken, adoption } = this.options;
    const reserve = async (reclaimed?: {
      readonly strayed: Holder;
      readonly over: boolean;
    }): Promise<unknown> =>
      await executor.execute(
        names,
        reservation,
        { kind: 'reserve', reservation, holder, called, now: clock.now(), ...reclaimed },
        once(context),
      );
    try {
      await reserve();
    } catch (error) {
      const held = isMusterError(error, taken) ? await executor.load(names, reservation) : undefined;
      if (held?.kind !== 'held') throw error;
      const adopted = await adoption(held.holder, reservation);
      if (adopted === 'adopted') throw error;
      await reserve({ strayed: held.holder, over: adopted === 'over' });
    }
  }

  async release(reservation: string, holder: Holder, context: CommandContext): Promise<void> {
    const { executor, names } = this.options;
    await executor.execute(names, reservation, { kind: 'release', reservation, holder }, context);
  }
}
