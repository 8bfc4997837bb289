import type { FastifyReply, FastifyRequest } from 'fastify';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import {
  serviceErrors,
  services,
  SERVICE_GROUP,
  type Configuration,
  type ServiceEvent,
  type ServiceState,
  type ServiceVersion,
} from '#domain/services/service/index.js';
import {
  generatedValue,
  initialVariables,
  valueText,
  type TemplateVariable,
  type VariableValue,
} from '#domain/services/template/index.js';
import { slotsOf, type WorkSlot } from '#domain/work/index.js';
import type { Executed } from '#domain/kernel/ports/command-executor.js';
import type { ServiceDocument } from '#projections/services/services.js';
import { TenantCommands } from '#src/features/exec/index.js';
import { newestVersion } from './change-service.js';
import { unpacked } from './configurations.js';
import { replacedBy } from './room.js';
import { rotationFailed, runRotateStep } from './rotate-step.js';
import { configView } from './service-view.js';
import { presentIn } from './services.js';
import type { ServicesSurface } from './surface.js';

/** How often the version is based on a newer one if the service changes at the same time. */
const ATTEMPTS = 5;

interface Asked {
  readonly variable: string;
  readonly value?: VariableValue | undefined;
}

type Recorded = Executed<ServiceEvent, ServiceState>;
type Step = Omit<TemplateVariable, 'rotate'> & { readonly rotate: readonly string[] };

/** Changes values of `initial` variables in the running program, by the command that the template declares. */
export class ValueRotation {
  readonly #running = new TenantCommands('rotate steps');
  /** Ids of the services that have a rotation under way. */
  readonly #services = new Set<string>();

  constructor(private readonly surface: ServicesSurface) {}

  /** Returns the number of the version that has the new value. Throws the reasons for which nothing was recorded. */
  async run(
    request: FastifyRequest,
    reply: FastifyReply,
    service: ServiceDocument,
    asked: Asked,
  ): Promise<number> {
    const { serviceId } = service;
    // Of two at a time, the program could have the value of one, and the newest version that of the other.
    if (this.#services.has(serviceId))
      throw rotationFailed(
        asked.variable,
        'another value of this service is being changed: repeat this after that',
      );
    const leave = this.#running.enter(request);
    this.#services.add(serviceId);
    try {
      return await this.#rotated(request, reply, service, asked);
    } finally {
      this.#services.delete(serviceId);
      leave();
    }
  }

  async #rotated(
    request: FastifyRequest,
    reply: FastifyReply,
    service: ServiceDocument,
    asked: Asked,
  ): Promise<number> {
    const context = this.surface.context(request);
    const { serviceId } = service;
    const repeated = await this.surface.repeats(reply, services, serviceId, context);
    if (repeated !== undefined) return presentIn(repeated).version;
    // The step is a command of its own, so the program would have the value before the last command is refused.
    if (context.refusal !== undefined) throw await context.refusal();
    const account = this.surface.account(request);
    const newest = await this.#newest(serviceId);
    const step = await this.#stepOf(newest, asked.variable);
    const former = await this.#valueIn(newest, step.name);
    const value = this.#valueOf(step, asked.value, `${serviceId}\n${step.name}\n${former}`);
    if (former === value) throw invalid('value', 'is the present value');
    const make = async (version: ServiceVersion): Promise<Configuration> => {
      const { config, sealed } = version;
      const sent = configView(config, await this.surface.configurations.open(sealed));
      const custom_variables = { ...sent.custom_variables, [step.name]: value };
      const owner = { tenantId: service.tenantId, serviceId, former: sealed };
      const made = await this.surface.configurationOf(account, owner, { ...sent, custom_variables });
      if ((await this.#valueIn(made, step.name)) === value) return made;
      throw invalid('variable', `config.environment overrides ${step.name}: remove it there first`);
    };
    const now = this.surface.parts.clock.now();
    const slot = await this.#instanceOf(serviceId);
    // Refuses what could not be recorded, before the program has the value.
    await replacedBy(this.surface, service, {
      account,
      configuration: await make(newest),
      force: false,
      now,
    });
    await runRotateStep(this.surface, request, reply, slot, { ...step, former, value });
    const record = async (): Promise<Recorded | undefined> => {
      const base = await this.#newest(serviceId);
      if (![former, value].includes(await this.#valueIn(base, step.name))) return undefined;
      const configuration = await make(base);
      const replacement = { account, configuration, force: true, now };
      const taken = await replacedBy(this.surface, service, replacement);
      const { userId: by } = account;
      const command = { kind: 'rotate', replaces: base.version, configuration, by, now, ...taken } as const;
      return await this.surface.services.order(serviceId, command, context);
    };
    const executed = await this.#recorded(step.name, record);
    await this.surface.written(reply, executed.position);
    return presentIn(executed).version;
  }

  /**
   * Records the value that the step has brought into force. `record` returns undefined if the newest version has a value that this step did not
   * replace. Throws what prevented it, and that the program has the value.
   */
  async #recorded(name: string, record: () => Promise<Recorded | undefined>): Promise<Recorded> {
    let problem = 'the service changes too often';
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const executed = await record();
        if (executed === undefined) {
          problem = 'another request changed the value at the same time';
          break;
        }
        if (executed.events.length > 0) return executed;
      }
    } catch (error) {
      problem = isMusterError(error) ? error.message : 'the server had an internal error';
      this.surface.parts.logger.error({ err: error, variable: name }, 'rotation.not-recorded');
    }
    throw rotationFailed(
      name,
      `the value was changed in the program, but could not be recorded: ${problem}. Repeat this`,
    );
  }

  async #newest(serviceId: string): Promise<ServiceVersion> {
    const newest = await newestVersion(this.surface, serviceId);
    if (newest === undefined) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
    return newest;
  }

  async #stepOf({ sealed }: Pick<Configuration, 'sealed'>, name: string): Promise<Step> {
    const { template } = await this.surface.configurations.open(sealed);
    const marked = template === undefined ? [] : initialVariables(unpacked(template));
    const variable = marked.find((each) => each.name === name);
    const { rotate } = variable ?? {};
    if (variable !== undefined && rotate !== undefined) return { ...variable, rotate };
    const others = marked.flatMap((each) => (each.rotate === undefined ? [] : [each.name])).join(', ');
    throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NO_ROTATE_STEP, {
      problem: `the service's template has no rotate step for ${name}; it has ${others === '' ? 'none' : `some for ${others}`}${
        variable?.change === undefined
          ? ''
          : `. Change it in the program (${variable.change}), then update the service and pass force`
      }`,
    });
  }

  /** The value that replaces a value is always generated the same, whatever else changes, so a step of unknown outcome can be repeated. */
  #valueOf({ type, generate }: Step, given: VariableValue | undefined, of: string): string {
    if (given !== undefined) return valueText(type, given);
    if (generate === undefined) throw invalid('value', 'is required: the template generates no values of it');
    let count = 0;
    return generatedValue(generate, (bytes) => {
      count += 1;
      return this.surface.parts.identity.root.digest('rotated-values', `${of}\n${count}`).subarray(0, bytes);
    });
  }

  async #valueIn({ sealed }: Pick<Configuration, 'sealed'>, name: string): Promise<string> {
    const { variables = [] } = await this.surface.configurations.open(sealed);
    return variables.find((each) => each.name === name)?.value ?? '';
  }

  /** Finds the only running instance. With several, the program of each would have a value of its own. */
  async #instanceOf(serviceId: string): Promise<WorkSlot> {
    const living = await this.surface.living(serviceId);
    if (living.some(({ standing }) => standing.kind === 'rollout'))
      throw new MusterError(serviceErrors.MUSTER_E_SERVICE_DEPLOYING);
    const running = living.flatMap(({ work }) => slotsOf(work, SERVICE_GROUP)).filter((slot) => slot.running);
    const [slot] = running;
    if (slot === undefined) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_RUNNING);
    if (running.length > 1)
      throw invalid('variable', 'the service has several instances, and a rotate step runs in one');
    return slot;
  }
}

function invalid(field: string, problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field, problem });
}
