import { backOff } from '#domain/kernel/back-off.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ReadinessCheck } from '#src/http/index.js';

export interface Dependency {
  readonly name: string;
  readonly vital: boolean;
  /** Probe interval in milliseconds. Default: the monitor's interval. */
  readonly everyMs?: number;
  ask(): Promise<string>;
}

export interface HealthMonitorOptions {
  readonly clock: Clock;
  readonly own: () => readonly ReadinessCheck[];
  /** Milliseconds between probes of a healthy dependency. Default 2,000. A failed dependency is probed sooner, with a back-off. */
  readonly everyMs?: number;
  /** Milliseconds after which a probe without a response counts as failed. Default 2,000. */
  readonly timeoutMs?: number;
  /** Called when a check has begun to fail, and when it passes again. */
  readonly onChange?: (check: ReadinessCheck) => void;
}

/** One failed probe may be due to a busy moment. Two in a row count as an outage. */
const FAILURES = 2;

const GIVEN_UP_AFTER = 5;

/** Milliseconds before the first repeated probe of a failed dependency. Doubles with each repetition, up to the interval. */
const FIRST_RETRY_MS = 50;

interface ProbeState {
  question: { readonly answer: Promise<string>; readonly since: number } | undefined;
  failures: number;
  detail: string;
  /** Time of the first failure in the current sequence, in milliseconds since the epoch. */
  failingSince: number;
  answered: boolean;
}

function isWell({ answered, failures }: ProbeState): boolean {
  return answered && failures < FAILURES;
}

/** Probes every dependency in the background, so readiness is known immediately even if a probe hangs. Records since when each check has failed. */
export class HealthMonitor {
  readonly #asked: ReadonlyMap<Dependency, ProbeState>;
  readonly #failingSince = new Map<string, number>();
  readonly #stopping = new AbortController();
  /** Checks that failed at the last look, and whether that was reported: after two looks, so that a busy moment is not. */
  readonly #failed = new Map<string, 'seen' | 'reported'>();
  readonly #asking: Promise<unknown>;

  constructor(
    dependencies: readonly Dependency[],
    private readonly options: HealthMonitorOptions,
  ) {
    const now = options.clock.now();
    this.#asked = new Map(
      dependencies.map((each) => [
        each,
        { question: undefined, failures: 0, detail: 'not checked yet', failingSince: now, answered: false },
      ]),
    );
    this.#asking = Promise.all(
      [...this.#asked]
        .map(([dependency, asked]) => this.#follow(dependency, asked))
        .concat(this.#lookAtOwn()),
    );
  }

  checks(): readonly ReadinessCheck[] {
    const asked = [...this.#asked].map(([{ name, vital }, state]): ReadinessCheck => {
      const { detail, failingSince } = state;
      const ok = isWell(state);
      return {
        name,
        ok,
        ...(vital ? {} : { vital }),
        detail,
        ...(ok ? {} : { since: new Date(failingSince).toISOString() }),
      };
    });
    return [...this.#own(), ...asked];
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#asking;
  }

  #own(): readonly ReadinessCheck[] {
    return this.options.own().map((check) => {
      if (check.ok) {
        this.#failingSince.delete(check.name);
        return check;
      }
      const since = this.#failingSince.get(check.name) ?? this.options.clock.now();
      this.#failingSince.set(check.name, since);
      return { ...check, since: new Date(since).toISOString() };
    });
  }

  #report(): void {
    for (const check of this.checks()) {
      const before = this.#failed.get(check.name);
      if (check.ok) this.#failed.delete(check.name);
      else this.#failed.set(check.name, before === undefined ? 'seen' : 'reported');
      if (check.ok ? before === 'reported' : before === 'seen') this.options.onChange?.(check);
    }
  }

  /** Regularly evaluates checks that have no probe. Otherwise they would appear to fail only since the first request. */
  async #lookAtOwn(): Promise<void> {
    const { clock, everyMs = 2000 } = this.options;
    while (!this.#stopping.signal.aborted) {
      this.#report();
      await clock.sleep(everyMs, this.#stopping.signal);
    }
  }

  async #follow(dependency: Dependency, asked: ProbeState): Promise<void> {
    const { clock } = this.options;
    const everyMs = dependency.everyMs ?? this.options.everyMs ?? 2000;
    const retryDelay = backOff({ firstMs: FIRST_RETRY_MS, mostMs: everyMs });
    let retries = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        asked.detail = await this.#answerOf(dependency, asked);
        asked.failures = 0;
        asked.answered = true;
      } catch (error) {
        if (asked.failures === 0) asked.failingSince = clock.now();
        asked.failures += 1;
        asked.detail = error instanceof Error ? error.message : String(error);
      }
      const well = isWell(asked);
      await clock.sleep(well ? everyMs : retryDelay(retries + 1), this.#stopping.signal);
      retries = well ? 0 : retries + 1;
    }
  }

  /** Settles within the timeout. Starts a second probe only once the first has hung for {@link GIVEN_UP_AFTER} timeouts, so few are in flight. */
  async #answerOf(dependency: Dependency, asked: ProbeState): Promise<string> {
    const { clock, timeoutMs = 2000 } = this.options;
    const now = clock.monotonic();
    const before = asked.question;
    const question =
      before !== undefined && now - before.since < GIVEN_UP_AFTER * timeoutMs
        ? before
        : { answer: dependency.ask(), since: now };
    asked.question = question;
    const settled = (): void => {
      if (asked.question === question) asked.question = undefined;
    };
    question.answer.then(settled, settled);
    const over = new AbortController();
    const stop = (): void => over.abort();
    this.#stopping.signal.addEventListener('abort', stop, { once: true });
    const late = async (): Promise<never> => {
      await clock.sleep(timeoutMs, over.signal);
      throw new Error(`no response for ${Math.round(clock.monotonic() - question.since)} ms`);
    };
    try {
      return await Promise.race([question.answer, late()]);
    } finally {
      this.#stopping.signal.removeEventListener('abort', stop);
      over.abort();
    }
  }
}
