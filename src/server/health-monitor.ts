import type { Clock } from '#domain/ports/clock.js';
import type { ReadinessCheck } from '#src/surfaces/kit/index.js';

/** Something that this server needs and that can go away behind its back. */
export interface Dependency {
  readonly name: string;
  /** Where it is away, requests had better go elsewhere. False: it is named, and most of what is asked is served. */
  readonly vital: boolean;
  /** Milliseconds between two questions to it. Default: those of the watch. */
  readonly everyMs?: number;
  /** Asks it for a sign of life, and answers a figure. Throws where there is none. */
  ask(): Promise<string>;
}

export interface HealthMonitorOptions {
  readonly clock: Clock;
  /** What is known without asking anybody. */
  readonly own: () => readonly ReadinessCheck[];
  /** Milliseconds between two questions to what is well. Default 2,000. What is not is asked sooner again, at longer and longer intervals up to this. */
  readonly everyMs?: number;
  /** Milliseconds until an answer that has not come is a failure. Default 2,000. */
  readonly patienceMs?: number;
}

/** One question that brought nothing may be a busy moment; two in a row are an outage. */
const FAILURES = 2;

/** A question that was not answered in time is not asked again before so many times the patience: then it counts as lost. */
const GIVEN_UP_AFTER = 5;

/** After the first question to what is not well; after each further one, twice as long. */
const SOON_MS = 50;

interface Asked {
  /** The question under way. */
  question: { readonly answer: Promise<string>; readonly since: number } | undefined;
  failures: number;
  /** Of the last answer, or of the last failure. */
  detail: string;
  /** When the first of the failures was, milliseconds since the epoch. */
  failingSince: number;
  answered: boolean;
}

/** It has answered, and not failed again and again since. */
function isWell({ answered, failures }: Asked): boolean {
  return answered && failures < FAILURES;
}

/**
 * Asks every dependency in the background, so that readiness is told at once and truly, also where an answer never comes. Remembers since
 * when each check fails.
 */
export class HealthMonitor {
  readonly #asked: ReadonlyMap<Dependency, Asked>;
  readonly #failingSince = new Map<string, number>();
  readonly #stopping = new AbortController();
  readonly #asking: Promise<unknown>;

  constructor(
    dependencies: readonly Dependency[],
    private readonly options: HealthMonitorOptions,
  ) {
    const now = options.clock.now();
    this.#asked = new Map(
      dependencies.map((each) => [each, { question: undefined, failures: 0, detail: 'not asked yet', failingSince: now, answered: false }]),
    );
    this.#asking = Promise.all([...this.#asked].map(([dependency, asked]) => this.#follow(dependency, asked)).concat(this.#lookAtOwn()));
  }

  /** All checks as of now; what was asked, as of the last question. */
  checks(): readonly ReadinessCheck[] {
    const asked = [...this.#asked].map(([{ name, vital }, state]): ReadinessCheck => {
      const { detail, failingSince } = state;
      const ok = isWell(state);
      return { name, ok, ...(vital ? {} : { vital }), detail, ...(ok ? {} : { since: new Date(failingSince).toISOString() }) };
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

  /** What nobody asks for is looked at too: else it would seem to fail since the first question. */
  async #lookAtOwn(): Promise<void> {
    const { clock, everyMs = 2000 } = this.options;
    while (!this.#stopping.signal.aborted) {
      this.#own();
      await clock.sleep(everyMs, this.#stopping.signal);
    }
  }

  async #follow(dependency: Dependency, asked: Asked): Promise<void> {
    const { clock } = this.options;
    const everyMs = dependency.everyMs ?? this.options.everyMs ?? 2000;
    let soon = SOON_MS;
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
      await clock.sleep(well ? everyMs : Math.min(soon, everyMs), this.#stopping.signal);
      soon = well ? SOON_MS : 2 * soon;
    }
  }

  /** Never later than the patience, and never more than a few questions under way. */
  async #answerOf(dependency: Dependency, asked: Asked): Promise<string> {
    const { clock, patienceMs = 2000 } = this.options;
    const now = clock.monotonic();
    const before = asked.question;
    const question = before !== undefined && now - before.since < GIVEN_UP_AFTER * patienceMs ? before : { answer: dependency.ask(), since: now };
    asked.question = question;
    const settled = (): void => {
      if (asked.question === question) asked.question = undefined;
    };
    question.answer.then(settled, settled);
    const over = new AbortController();
    const stop = (): void => over.abort();
    this.#stopping.signal.addEventListener('abort', stop, { once: true });
    const late = async (): Promise<never> => {
      await clock.sleep(patienceMs, over.signal);
      throw new Error(`no answer for ${Math.round(clock.monotonic() - question.since)} ms`);
    };
    try {
      return await Promise.race([question.answer, late()]);
    } finally {
      this.#stopping.signal.removeEventListener('abort', stop);
      over.abort();
    }
  }
}
