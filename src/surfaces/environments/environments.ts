import { MusterError } from '#domain/kernel/errors/index.js';
import { checkNewName } from '#domain/kernel/plain-name.js';
import {
  environmentErrors,
  environmentNameReservation,
  environmentNames,
  environments,
  type EnvironmentChange,
  type EnvironmentCommand,
  type EnvironmentEvent,
  type EnvironmentNameEvent,
  type EnvironmentState,
  type PresentEnvironment,
} from '#domain/environments/environment/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import {
  once,
  type CommandContext,
  type CommandExecutor,
  type Executed,
} from '#domain/kernel/ports/command-executor.js';
import { HeldNames, madeId } from '#src/engine/commands/index.js';

export interface EnvironmentsOptions {
  readonly executor: CommandExecutor;
  readonly clock: Pick<Clock, 'now'>;
}

export interface Requested {
  readonly environmentId: string;
  readonly build: number;
  readonly position: bigint | undefined;
}

type Named = Pick<PresentEnvironment, 'environmentId' | 'tenantId' | 'name'>;

/** Commands on environments. A name is reserved before the environment claims it. */
export class Environments {
  /** A name is released with the command's own key, so that a repetition finds the environment that had the name ({@link repeated}). */
  readonly #names: HeldNames<string, EnvironmentNameEvent>;

  constructor(private readonly options: EnvironmentsOptions) {
    this.#names = new HeldNames({
      ...options,
      names: environmentNames,
      taken: environmentErrors.MUSTER_E_ENVIRONMENT_NAME_TAKEN,
      adoption: async (environmentId, reservation) => {
        const state = await options.executor.load(environments, environmentId);
        if (state.kind === 'deleted') return 'over';
        return state.kind === 'present' && state.nameReservation === reservation ? 'adopted' : 'pending';
      },
    });
  }

  /** A repetition with the same `Idempotency-Key` returns the same environment and build. Throws `MUSTER_E_ENVIRONMENT_NAME_TAKEN`. */
  async create(
    { tenantId, userId }: { readonly tenantId: string; readonly userId: string },
    name: string,
    change: EnvironmentChange,
    context: CommandContext,
  ): Promise<Requested> {
    checkNewName('name', name, 'none');
    const environmentId = madeId(context.commandId, 'environment');
    const nameReservation = environmentNameReservation(tenantId, name);
    await this.#names.reserve(nameReservation, environmentId, 'create environment with', context);
    const environment = { environmentId, tenantId, createdBy: userId, name, nameReservation };
    return requested(
      environmentId,
      await this.#execute(environmentId, { kind: 'create', environment, change }, context),
    );
  }

  /** Throws `MUSTER_E_ENVIRONMENT_NOT_FOUND` or `MUSTER_E_ENVIRONMENT_TOO_MANY_BUILDS`. */
  async change(
    { environmentId }: Named,
    change: EnvironmentChange,
    requestedBy: string,
    context: CommandContext,
  ): Promise<Requested> {
    return requested(
      environmentId,
      await this.#execute(environmentId, { kind: 'change', change, requestedBy }, context),
    );
  }

  /** Solves a change without building it. Throws the same errors as `change`. */
  async plan(
    { environmentId }: Named,
    change: EnvironmentChange,
    requestedBy: string,
    context: CommandContext,
  ): Promise<Requested> {
    return requested(
      environmentId,
      await this.#execute(environmentId, { kind: 'change', change, requestedBy, plan: true }, context),
    );
  }

  /** Throws `MUSTER_E_ENVIRONMENT_NAME_TAKEN` or `MUSTER_E_ENVIRONMENT_NOT_FOUND`. */
  async rename(
    { environmentId, tenantId, name: before }: Named,
    name: string,
    context: CommandContext,
  ): Promise<bigint | undefined> {
    checkNewName('new_name', name, 'none', before);
    const [nameReservation, former] = [
      environmentNameReservation(tenantId, name),
      environmentNameReservation(tenantId, before),
    ];
    if (nameReservation !== former)
      await this.#names.reserve(nameReservation, environmentId, 'rename environment to', context);
    const { position } = await this.#execute(
      environmentId,
      { kind: 'rename', name, nameReservation },
      context,
    );
    if (nameReservation !== former) await this.#names.release(former, environmentId, context);
    return position;
  }

  /** Throws `MUSTER_E_ENVIRONMENT_GENERATION_NOT_FOUND`. */
  async rollBack(
    { environmentId }: Named,
    generation: number,
    requestedBy: string,
    context: CommandContext,
  ): Promise<bigint | undefined> {
    return (await this.#execute(environmentId, { kind: 'rollBack', generation, requestedBy }, context))
      .position;
  }

  /** Throws `MUSTER_E_ENVIRONMENT_BUILD_ENDED` or `MUSTER_E_ENVIRONMENT_BUILD_NOT_FOUND`. */
  async cancelBuild(
    { environmentId }: Pick<Named, 'environmentId'>,
    build: number,
    context: CommandContext,
  ): Promise<bigint | undefined> {
    return (await this.#execute(environmentId, { kind: 'cancelBuild', build }, context)).position;
  }

  /** Adds a task's reference. Throws `MUSTER_E_ENVIRONMENT_NOT_FOUND`. */
  async addReference(
    environmentId: string,
    taskId: number,
    context: CommandContext,
  ): Promise<bigint | undefined> {
    return (await this.#execute(environmentId, { kind: 'refer', taskId }, once(context))).position;
  }

  async removeReferences(
    environmentId: string,
    taskIds: readonly number[],
    context: CommandContext,
  ): Promise<bigint | undefined> {
    return (await this.#execute(environmentId, { kind: 'letGo', taskIds }, once(context))).position;
  }

  /** Throws `MUSTER_E_ENVIRONMENT_REFERENCED`. `ended`: tasks that have references but will not run again. */
  async delete(
    { environmentId, tenantId, name }: Named,
    ended: readonly number[],
    context: CommandContext,
  ): Promise<bigint | undefined> {
    const { position } = await this.#execute(environmentId, { kind: 'delete', ended }, context);
    await this.#names.release(environmentNameReservation(tenantId, name), environmentId, context);
    return position;
  }

  async find(environmentId: string): Promise<PresentEnvironment | undefined> {
    const state = await this.options.executor.load(environments, environmentId);
    return state.kind === 'present' ? state : undefined;
  }

  async #execute(
    environmentId: string,
    command: EnvironmentCommand,
    context: CommandContext,
  ): Promise<Executed<EnvironmentEvent, EnvironmentState>> {
    return await this.options.executor.execute(environments, environmentId, command, context);
  }

  /** Returns the environment that an earlier execution of this command affected, even if it was renamed since. Undefined if there was none. */
  async repeated(
    tenantId: string,
    name: string,
    context: CommandContext,
  ): Promise<{ readonly environmentId: string; readonly position: bigint | undefined } | undefined> {
    const { executor } = this.options;
    const reservation = environmentNameReservation(tenantId, name);
    const released = await executor.repeated(environmentNames, reservation, context);
    const holder = released?.events.at(-1)?.data.environmentId;
    if (holder !== undefined) return { environmentId: holder, position: released?.position };
    const held = context.repeatable ? await executor.load(environmentNames, reservation) : undefined;
    const done =
      held?.kind === 'held' ? await executor.repeated(environments, held.holder, context) : undefined;
    return held?.kind === 'held' && done !== undefined
      ? { environmentId: held.holder, position: done.position }
      : undefined;
  }
}

function requested(
  environmentId: string,
  { events, position }: Executed<EnvironmentEvent, EnvironmentState>,
): Requested {
  const event = events.find((each) => each.type === 'EnvironmentBuildRequested');
  if (event === undefined) throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_NOT_FOUND);
  return { environmentId, build: event.data.build, position };
}
