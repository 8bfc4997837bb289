import { deepStrictEqual, ok, throws } from 'node:assert/strict';
import type { Test } from 'tap';
import { isMusterError, type AnyErrorCode } from '#domain/kernel/errors/index.js';
import { toPlain, type Aggregate, type AnyEvent, type Recorded } from '#domain/kernel/event/index.js';
import { decode, definitionOf, encode } from '#test/fixtures/muster-events.js';

export type Specified<Command, Event extends AnyEvent, State> = Pick<
  Aggregate<Command, Event, State>,
  'stream' | 'events' | 'decider' | 'state'
>;

export interface Refusal {
  readonly code: AnyErrorCode;
  readonly message: string;
}

/** The results of the commands: all events, the final state, and each command's error, in order. */
export interface Outcome<Event, State> {
  readonly events: readonly Event[];
  readonly state: State;
  readonly refusals: readonly (Refusal | undefined)[];
}

export interface When<Event extends AnyEvent, State> {
  /** Expects exactly these events and no error. */
  then(t: Test, ...expected: readonly Event[]): void;
  /** Expects events of these types and no error. */
  thenTypes(t: Test, ...expected: readonly Event['type'][]): void;
  /** Expects only the last command to be refused, with this code and, if given, this message. */
  refused(t: Test, code: AnyErrorCode, message?: string): void;
  readonly outcome: Outcome<Event, State>;
}

export interface Given<Command, Event extends AnyEvent, State> {
  readonly state: State;
  /** Decides the commands in order, each on the state that the earlier ones left. A refused one changes nothing. */
  when(...commands: readonly Command[]): When<Event, State>;
}

export interface Specification<Command, Event extends AnyEvent, State> {
  given(...past: readonly Event[]): Given<Command, Event, State>;
  /** Folds events of one moment onto a state. */
  fold(events: readonly Event[], at?: number, from?: State): State;
}

export interface SpecificationOptions<Event> {
  /** Time of an event by its revision, in milliseconds since the Unix epoch. */
  readonly moments?: (revision: number) => number;
  /** Events of newer versions, which the codec must refuse. */
  readonly unreadable?: (event: Event) => boolean;
}

/**
 * Given/when/then for an aggregate. Each case also checks what must hold for every aggregate, and throws otherwise: its
 * events are declared and survive the codec; deciding a command again gives the same events and leaves the state
 * unchanged; and a restored state equals the folded one and decides the same.
 */
export function specify<Command, Event extends AnyEvent, State>(
  aggregate: Specified<Command, Event, State>,
  { moments = (revision) => 1000 + revision, unreadable = () => false }: SpecificationOptions<Event> = {},
): Specification<Command, Event, State> {
  const { decider } = aggregate;
  const happened = (event: Event, revision: number, at = moments(revision)): Recorded<Event> =>
    recorded(aggregate, event, { revision, at, readable: !unreadable(event) });
  const begin = (): Twins<State> => ({ state: decider.initialState, kept: decider.initialState });
  const happen = ({ state, kept }: Twins<State>, event: Event, revision: number): Twins<State> => {
    const seen = happened(event, revision);
    return {
      state: decider.evolve(state, seen),
      kept: decider.evolve(isKept(revision) ? keptAndHadBack(aggregate, kept) : kept, seen),
    };
  };

  function decided(past: readonly Event[], commands: readonly Command[]): Outcome<Event, State> {
    const events: Event[] = [];
    const refusals: (Refusal | undefined)[] = [];
    let twins = past.reduce(happen, begin());
    for (const command of commands) {
      const attempt = isKept(past.length + events.length)
        ? attemptedTwice(aggregate, command, twins)
        : attempted(aggregate, command, twins.state);
      for (const event of attempt.events) {
        twins = happen(twins, event, past.length + events.length);
        events.push(event);
      }
      refusals.push(attempt.refusal);
    }
    deepStrictEqual(
      plainOf(aggregate, twins.kept),
      plainOf(aggregate, twins.state),
      'a state that was kept folds to the same result',
    );
    return { events, state: twins.state, refusals };
  }

  return {
    fold: (events, at, from = decider.initialState) =>
      events.reduce((state, event, revision) => decider.evolve(state, happened(event, revision, at)), from),
    given: (...past) => ({
      get state() {
        return decided(past, []).state;
      },
      when: (...commands) => expectations(decided(past, commands)),
    }),
  };
}

/** Compares one uninterrupted fold to one that is saved and restored between events. */
interface Twins<State> {
  readonly state: State;
  readonly kept: State;
}

interface Attempt<Event> {
  readonly events: readonly Event[];
  readonly refusal?: Refusal;
}

/** Saves and restores before each event of a short stream, but rarely in a long one, as the cost grows with the state. */
function isKept(revision: number): boolean {
  return revision < 32 || revision % 64 === 0;
}

function keptAndHadBack<State>({ state: codec }: Specified<never, AnyEvent, State>, state: State): State {
  return codec === undefined ? state : codec.restore(JSON.parse(JSON.stringify(codec.save(state))));
}

function plainOf<State>({ state: codec }: Specified<never, AnyEvent, State>, state: State): unknown {
  return structuredClone(codec === undefined ? toPlain(state) : codec.save(state));
}

function attempted<Command, Event extends AnyEvent, State>(
  { decider }: Specified<Command, Event, State>,
  command: Command,
  state: State,
): Attempt<Event> {
  try {
    return { events: decider.decide(command, state) };
  } catch (error) {
    if (!isMusterError(error)) throw error;
    return { events: [], refusal: { code: error.code, message: error.message } };
  }
}

interface Moment {
  readonly revision: number;
  readonly at: number;
  readonly readable: boolean;
}

/** Decides twice on the state, and once on a restored copy. */
function attemptedTwice<Command, Event extends AnyEvent, State>(
  aggregate: Specified<Command, Event, State>,
  command: Command,
  { state, kept }: Twins<State>,
): Attempt<Event> {
  const plain = plainOf(aggregate, state);
  const attempt = attempted(aggregate, command, state);
  deepStrictEqual(
    attempted(aggregate, command, state),
    attempt,
    'a command that is decided again gives the same result',
  );
  deepStrictEqual(plainOf(aggregate, state), plain, 'deciding leaves the state alone');
  deepStrictEqual(
    attempted(aggregate, command, keptAndHadBack(aggregate, kept)),
    attempt,
    'a state that was kept decides the same events',
  );
  return attempt;
}

function recorded<Event extends AnyEvent>(
  aggregate: Pick<Specified<never, Event, unknown>, 'stream' | 'events'>,
  event: Event,
  { revision, at, readable }: Moment,
): Recorded<Event> {
  ok(
    definitionOf(event.type) === aggregate.events[event.type],
    `${event.type} is an event of another aggregate`,
  );
  const metadata = { $correlationId: 'c', $causationId: 'c', at };
  const stored = {
    ...encode(event, metadata),
    id: `e${revision}`,
    stream: aggregate.stream('1'),
    revision,
    position: BigInt(revision),
    created: at,
  };
  if (!readable) {
    throws(() => decode(stored), { code: 'MUSTER_E_EVENT_UNKNOWN' });
    return { ...event, ...stored, data: event.data, metadata: { ...metadata, v: 1 } };
  }
  const read = decode(stored);
  deepStrictEqual(
    { type: read.type, data: read.data },
    JSON.parse(JSON.stringify(event)),
    'an event is read as it was written',
  );
  return read as unknown as Recorded<Event>;
}

function expectations<Event extends AnyEvent, State>(outcome: Outcome<Event, State>): When<Event, State> {
  const { events, refusals } = outcome;
  const taken = (t: Test, commands: readonly (Refusal | undefined)[]): void =>
    void t.same(commands.filter(Boolean), [], 'no command is refused');
  return {
    outcome,
    then: (t, ...expected) => (taken(t, refusals), void t.strictSame(events, expected)),
    thenTypes: (t, ...expected) => (
      taken(t, refusals),
      void t.strictSame(
        events.map(({ type }) => type),
        expected,
      )
    ),
    refused: (t, code, message) => {
      taken(t, refusals.slice(0, -1));
      t.equal(refusals.at(-1)?.code, code);
      if (message !== undefined) t.equal(refusals.at(-1)?.message, message);
    },
  };
}
