import t from 'tap';
import { MAX_REPEATED_TEXT } from '#domain/jobs/job/stored-in.js';
import { groupIdentity } from '#domain/jobs/job/group-identity.js';
import { jobSpecification, type Task } from '#domain/jobs/job/specification.js';
import {
  services,
  specificationOf,
  withStoredTexts,
  type Configuration,
  type ServiceCommand,
} from '#domain/services/service/index.js';
import { specify } from '../../kernel/event/decider-specification.js';
import { complete, configuration, createdEvents, restart, SERVICE, start } from './scene.js';

const { given } = specify(services);
const LONG = 'x'.repeat(MAX_REPEATED_TEXT + 1);
const SEALED = `sealed:1:tenant.acme:${LONG}`;
const PARTS = {
  command: { config: { image: 'shop:1', command: LONG } },
  args: { config: { image: 'shop:1', command: 'serve', args: [LONG] } },
  checks: { checks: [{ type: 'exec', command: ['probe', LONG] }] },
  environment: { sealed_env: SEALED },
} satisfies Record<string, Partial<Task>>;

function configured(parts: Partial<Task>): Configuration {
  const { work, ...rest } = configuration('shop:1');
  return { ...rest, work: { ...work, tasks: work.tasks.map((task) => ({ ...task, ...parts })) } };
}

/** Returns the job of the first deployment after these commands. */
function jobOf(first: Configuration, commands: readonly ServiceCommand[]) {
  const begun = given(...createdEvents(first)).when(start).outcome.events;
  const { state } = given(...createdEvents(first), ...begun).when(...commands).outcome;
  const living = state.kind === 'present' ? state.living.get(1) : undefined;
  const version = living && state.kind === 'present' ? state.versions.get(living.version) : undefined;
  if (living === undefined || version === undefined) throw new Error('it does not run');
  const specification = specificationOf(living, version);
  t.same(jobSpecification.parse(specification), specification, 'the specification is a valid job');
  const [group] = specification.task_groups;
  return { group: group!, task: group!.tasks[0]!, stored: version.work.tasks[0]! };
}

void t.test('a deployment first pulls its image on the node of the running instance', async (t) => {
  const update: ServiceCommand = {
    kind: 'change',
    configuration: configuration('shop:2', {}, true),
    by: 'b',
    now: 0,
    pullOn: 'n1',
  };
  const past = createdEvents(configuration('shop:1', {}, true));
  const specificationAfter = (...commands: ServiceCommand[]) => {
    const { state } = given(...past).when(start, complete(1), update, ...commands).outcome;
    if (state.kind !== 'present') throw new Error('it is absent');
    return jobSpecification.parse(specificationOf(state.living.get(2)!, state.versions.get(2)!));
  };
  t.match(specificationAfter(), {
    constraints: { node_id: 'n1' },
    task_groups: [
      { tasks: [{ config: { image: 'shop:2', pull_only: true }, resources: { cpu: 0, memory: 0 } }] },
    ],
  });
  t.notOk(specificationAfter().task_groups[0]?.tasks[0]?.volumes);
  const begun = specificationAfter({ kind: 'prepared', number: 2 });
  t.notOk(begun.constraints);
  t.match(begun.task_groups[0]?.tasks, [{ name: 'main', config: { image: 'shop:2' }, volumes: [{}] }]);
});

for (const [part, parts] of Object.entries(PARTS)) {
  void t.test(`the job of a deployment contains a reference instead of a long ${part}`, async (t) => {
    const { task, stored } = jobOf(configured(parts), []);
    t.same(task.stored_in, {
      service: SERVICE,
      [part === 'environment' ? 'environment' : 'program']: 1,
    });
    t.ok(JSON.stringify(task).length < 500, 'the job does not repeat the text');
    const { stored_in: _, ...completed } = withStoredTexts(task, stored);
    t.match(
      completed,
      part === 'environment' ? { config: stored.config } : parts,
      'the completed task has the text',
    );
  });
}

void t.test('short texts of a version are copied into the job of its deployment', async (t) => {
  const sealed = `sealed:1:tenant.acme:${'x'.repeat(38)}`;
  const { task } = jobOf(configured({ sealed_env: sealed }), []);
  t.match(task, { sealed_env: sealed, config: { image: 'shop:1' }, stored_in: undefined });
});

void t.test("only a restart changes the identity of the task group in a deployment's job", async (t) => {
  const first = configured({ ...PARTS.args, ...PARTS.environment });
  const identityAfter = (...commands: readonly ServiceCommand[]) =>
    groupIdentity(jobOf(first, commands).group, undefined);
  t.equal(identityAfter(complete(1)), identityAfter());
  t.not(identityAfter(complete(1), restart), identityAfter());
});
