import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import { plainState, type Aggregate } from '#domain/kernel/event/index.js';
import { templates } from '#domain/jobs/template/aggregate.js';
import type { TemplateEvent } from '#domain/jobs/template/events.js';
import { specify } from './decider-specification.js';

type Command = 'make' | 'refuse';
interface Made {
  readonly times: number;
}

const made: TemplateEvent = { type: 'TemplateCreated', data: { templateId: 't1', content: { name: 'web' } } };

/** A correct aggregate, except for the defect that a test plants. */
function planted(
  more: Partial<Aggregate<Command, TemplateEvent, Made>['decider']> = {},
  state = plainState<Made>(1),
): Aggregate<Command, TemplateEvent, Made> {
  return {
    ...templates,
    state,
    decider: {
      initialState: { times: 0 },
      decide: (command) => {
        if (command === 'refuse') throw new MusterError('MUSTER_E_TEMPLATE_NOT_FOUND');
        return [made];
      },
      evolve: ({ times }) => ({ times: times + 1 }),
      ...more,
    },
  };
}

void t.test('a correct decider passes', async (t) => {
  const { given } = specify(planted());
  t.same(given(made, made).state, { times: 2 });
  given(made).when('make', 'make').then(t, made, made);
  given().when('make', 'refuse').refused(t, 'MUSTER_E_TEMPLATE_NOT_FOUND', '模板不存在');
  const { events, state, refusals } = given(made).when('refuse', 'make').outcome;
  t.same(
    { events: events.length, state, codes: refusals.map((refusal) => refusal?.code) },
    { events: 1, state: { times: 2 }, codes: ['MUSTER_E_TEMPLATE_NOT_FOUND', undefined] },
  );
});

void t.test('a decider whose second decision differs is reported', async (t) => {
  let asked = 0;
  const { given } = specify(planted({ decide: () => ((asked += 1) % 2 === 1 ? [made] : []) }));
  t.throws(() => given().when('make'), { message: /decided again/ });
});

void t.test('a decider that changes the state is reported', async (t) => {
  const { given } = specify(
    planted({ decide: (_command, state) => (Object.assign(state, { times: 7 }), []) }),
  );
  t.throws(() => given().when('make'), { message: /leaves the state alone/ });
});

void t.test('an event that is invalid or belongs to another aggregate is reported', async (t) => {
  const event = (data: object, type = 'TemplateCreated'): TemplateEvent => ({ type, data }) as never;
  t.throws(
    () =>
      specify(planted({ decide: () => [event({ templateId: 't1' })] }))
        .given()
        .when('make'),
    { name: 'ZodError' },
  );
  t.throws(
    () =>
      specify(planted({ decide: () => [event({ nodeId: 'n1' }, 'NodeDrainStarted')] }))
        .given()
        .when('make'),
    { message: /another aggregate/ },
  );
});

void t.test(
  'a snapshot that loses state, and a decision that depends on the lost state, are reported',
  async (t) => {
    const forgetful = { version: 1, save: () => ({}), restore: (): Made => ({ times: 0 }) };
    const { given } = specify(
      planted({ decide: (_command, { times }) => (times === 2 ? [] : [made]) }, forgetful),
    );
    t.throws(() => given(made, made).when('make'), { message: /kept decides the same/ });
    const counting = {
      version: 1,
      save: ({ times }: Made) => ({ times }),
      restore: (): Made => ({ times: 0 }),
    };
    t.throws(() => specify(planted({}, counting)).given(made, made).state, {
      message: /kept folds to the same/,
    });
  },
);

void t.test('an error other than a MusterError is thrown and is not a refusal', async (t) => {
  const { given } = specify(
    planted({
      decide: () => {
        throw new TypeError('a defect');
      },
    }),
  );
  t.throws(() => given().when('make'), { name: 'TypeError' });
});
