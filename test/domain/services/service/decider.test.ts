import t from 'tap';
import {
  rolloutOf,
  servingOf,
  services,
  workVersionOf,
  type ServiceCommand,
  type ServiceEvent,
  type ServiceState,
} from '#domain/services/service/index.js';
import { specify } from '../../kernel/event/decider-specification.js';
import {
  BY,
  change,
  complete,
  configuration,
  created,
  createdEvents,
  fail,
  ILL,
  label,
  PLAN,
  restart,
  SERVICE,
  start,
  stop,
  WELL,
} from './scene.js';

const { given } = specify(services);
const of = { serviceId: SERVICE };

/** The serving and starting deployments with their versions. */
function living(state: ServiceState): unknown {
  if (state.kind !== 'present') return state.kind;
  const [serving, rollout] = [servingOf(state), rolloutOf(state)];
  return {
    serving: serving && [serving.number, serving.version],
    rollout: rollout && [rollout.number, rollout.version],
  };
}

void t.test('a service is created once, with its first version', async (t) => {
  given()
    .when(created)
    .then(t, ...createdEvents());
  given(...createdEvents())
    .when(created)
    .then(t);
});

void t.test('starting a service deploys its newest version', async (t) => {
  const { events } = given(...createdEvents()).when(start).outcome;
  const [requested] = events;
  t.match(requested, {
    type: 'DeploymentRequested',
    data: { ...of, number: 1, version: 1, label, because: 'started', by: BY, plan: PLAN },
  });
  t.match(given(...createdEvents()).when(start, complete(1)).outcome.state, { former: 1, failed: false });
});

void t.test('a service that is deploying or running is not started again', async (t) => {
  given(...createdEvents())
    .when(start, start)
    .refused(t, 'MUSTER_E_SERVICE_DEPLOYING', 'Service deployment already in progress');
  given(...createdEvents())
    .when(start, complete(1), start)
    .refused(t, 'MUSTER_E_SERVICE_RUNNING', 'Service is already running');
});

void t.test('only a running service can be stopped or restarted', async (t) => {
  for (const command of [stop, restart])
    given(...createdEvents())
      .when(command)
      .refused(t, 'MUSTER_E_SERVICE_NOT_RUNNING', 'Service is not running');
  given(...createdEvents())
    .when(start, restart)
    .refused(t, 'MUSTER_E_SERVICE_DEPLOYING');
});

void t.test('stopping a service cancels a running deployment and ends the serving one', async (t) => {
  given(...createdEvents())
    .when(start, stop)
    .thenTypes(t, 'DeploymentRequested', 'DeploymentSettled', 'ServiceStopRequested');
  const { state, events } = given(...createdEvents()).when(start, complete(1), stop).outcome;
  t.same(events.at(-1), { type: 'ServiceStopRequested', data: { ...of, by: BY } });
  t.same(living(state), { serving: undefined, rollout: undefined });
});

void t.test('a restart is counted and starts no deployment', async (t) => {
  given(...createdEvents())
    .when(start, complete(1), restart, restart)
    .thenTypes(t, 'DeploymentRequested', 'DeploymentSettled', 'ServiceRestarted', 'ServiceRestarted');
  const { state } = given(...createdEvents()).when(start, complete(1), restart, restart).outcome;
  t.equal(state.kind === 'present' && servingOf(state)?.standing.restarts, 2);
});

void t.test(
  'a change deploys a new version while the previous one serves until the deployment completes',
  async (t) => {
    const { state, events } = given(...createdEvents()).when(
      start,
      complete(1),
      change(configuration('shop:2')),
    ).outcome;
    t.same(living(state), { serving: [1, 1], rollout: [2, 2] });
    t.match(events.at(-1), {
      type: 'DeploymentRequested',
      data: { number: 2, version: 2, because: 'updated' },
    });
    const { state: after } = given(...createdEvents()).when(
      start,
      complete(1),
      change(configuration('shop:2')),
      complete(2),
    ).outcome;
    t.same(living(after), { serving: [2, 2], rollout: undefined });
  },
);

void t.test('an unchanged configuration creates no new version', async (t) => {
  given(...createdEvents())
    .when(change(configuration('shop:1')))
    .then(t);
  const renamed: ServiceEvent = {
    type: 'ServiceDescribed',
    data: { ...of, name: 'store', description: null, by: BY },
  };
  given(...createdEvents())
    .when({ kind: 'change', name: 'store', by: BY, now: 0 })
    .then(t, renamed);
});

void t.test('changing a stopped service creates a version but starts no deployment', async (t) => {
  given(...createdEvents())
    .when(change(configuration('shop:2')))
    .thenTypes(t, 'ServiceConfigured');
});

void t.test('a change supersedes a deployment that is in progress', async (t) => {
  const { state, events } = given(...createdEvents()).when(
    start,
    complete(1),
    change(configuration('shop:2')),
    change(configuration('shop:3')),
  ).outcome;
  t.same(living(state), { serving: [1, 1], rollout: [3, 3] });
  t.match(
    events.find(({ type, data }) => type === 'DeploymentSettled' && data.number === 2),
    { data: { outcome: 'cancelled', reason: { code: 'superseded' } } },
  );
});

void t.test('the type of a service cannot be changed', async (t) => {
  given(...createdEvents())
    .when({ kind: 'change', type: 'database', by: BY, now: 0 })
    .refused(t, 'MUSTER_E_SERVICE_TYPE_FIXED');
  given(...createdEvents())
    .when({ kind: 'change', type: 'web', by: BY, now: 0 })
    .then(t);
});

void t.test('a failed version is rolled back to the serving one, recorded as a new version', async (t) => {
  const { state, events } = given(...createdEvents()).when(
    start,
    complete(1),
    change(configuration('shop:2')),
    fail(2),
  ).outcome;
  t.same(living(state), { serving: [1, 1], rollout: undefined });
  t.match(events.at(-1), {
    type: 'ServiceConfigured',
    data: { version: 3, config: { image: 'shop:1' }, because: 'reverted', from: 1, by: 'muster' },
  });
  t.same(
    events.at(-2)?.data,
    { ...of, number: 2, outcome: 'failed', reason: ILL },
    'no deployment is needed: the previous version still serves',
  );
});

void t.test(
  'if the previous version was ended first, the failed deployment refers to the deployment that rolls it back',
  async (t) => {
    const { events } = given(...createdEvents(configuration('shop:1', {}, true))).when(
      start,
      complete(1),
      change(configuration('shop:2', {}, true)),
      fail(2),
    ).outcome;
    t.match(events.slice(-3), [
      { type: 'DeploymentSettled', data: { number: 2, outcome: 'failed', revertedBy: 3 } },
      { type: 'ServiceConfigured', data: { version: 3, because: 'reverted' } },
      { type: 'DeploymentRequested', data: { number: 3, version: 3, because: 'reverted' } },
    ]);
  },
);

void t.test('there is no rollback if the configuration disables it, nor a second one in a row', async (t) => {
  const alone = configuration('shop:2', { update: { auto_revert: false } });
  const { events } = given(...createdEvents()).when(start, complete(1), change(alone), fail(2)).outcome;
  t.match(events.at(-1), { type: 'DeploymentSettled', data: { outcome: 'failed', reason: ILL } });
  const held = [
    createdEvents(configuration('shop:1', {}, true)),
    change(configuration('shop:2', {}, true)),
  ] as const;
  const { state } = given(...held[0]).when(start, complete(1), held[1], fail(2), fail(3)).outcome;
  t.same(living(state), { serving: undefined, rollout: undefined });
  t.match(state, { failed: true, version: 3 });
});

void t.test(
  'a service with volumes ends the serving version before the next, and rolls back if that fails',
  async (t) => {
    const past = createdEvents(configuration('shop:1', {}, true));
    const { state } = given(...past).when(
      start,
      complete(1),
      change(configuration('shop:2', {}, true)),
    ).outcome;
    t.same(living(state), { serving: undefined, rollout: [2, 2] });
    const { state: back } = given(...past).when(
      start,
      complete(1),
      change(configuration('shop:2', {}, true)),
      fail(2),
    ).outcome;
    t.same(living(back), { serving: undefined, rollout: [3, 3] });
  },
);

void t.test(
  'a service with volumes serves until the image of its next version has been pulled',
  async (t) => {
    const past = createdEvents(configuration('shop:1', {}, true));
    const update = { ...change(configuration('shop:2', {}, true)), pullOn: 'n1' } as ServiceCommand;
    const prepared: ServiceCommand = { kind: 'prepared', number: 2 };
    const pulling = given(...past).when(start, complete(1), update).outcome;
    t.same(living(pulling.state), { serving: [1, 1], rollout: [2, 2] });
    t.match(pulling.events.at(-1), { type: 'DeploymentRequested', data: { number: 2, pullOn: 'n1' } });

    const failed = given(...past).when(start, complete(1), update, fail(2)).outcome;
    t.same(
      living(failed.state),
      { serving: [1, 1], rollout: undefined },
      'the running instance is left alone',
    );
    t.match(failed.events.at(-1), { type: 'ServiceConfigured', data: { version: 3, because: 'reverted' } });

    const ready = given(...past).when(start, complete(1), update, prepared, prepared).outcome;
    t.same(living(ready.state), { serving: undefined, rollout: [2, 2] });
    t.same(
      ready.events.at(-1),
      { type: 'DeploymentPrepared', data: { ...of, number: 2 } },
      'it is recorded once',
    );
    const done = given(...past).when(start, complete(1), update, prepared, complete(2)).outcome;
    t.same(living(done.state), { serving: [2, 2], rollout: undefined });
    const late = given(...past).when(start, complete(1), update, prepared, fail(2)).outcome;
    t.same(living(late.state), { serving: undefined, rollout: [3, 3] }, 'afterwards it is rolled back');
  },
);

void t.test('the host ports stay, unless both versions need ports at the same time', async (t) => {
  const held = (image: string) => configuration(image, {}, true);
  const ports = { '80': 20_000 };
  const portsAfter = (past: ServiceEvent[], ...commands: ServiceCommand[]) =>
    given(...past)
      .when(...commands)
      .outcome.events.filter((event) => event.type === 'DeploymentRequested')
      .at(-1)?.data.ports;
  const past = createdEvents(held('shop:1'));
  t.same(portsAfter(past, { ...start, ports } as ServiceCommand), ports);
  const updated = { ...change(held('shop:2')), ports } as ServiceCommand;
  t.same(portsAfter(past, start, complete(1), updated, fail(2)), ports, 'a rollback has them too');
  t.same(portsAfter(past, start, complete(1), updated, stop, start), ports, 'the latest are remembered');
  const sideBySide = { ...change(configuration('shop:2')), ports } as ServiceCommand;
  t.same(portsAfter(createdEvents(), start, complete(1), sideBySide), undefined);
  t.same(portsAfter(createdEvents(), { ...start, ports } as ServiceCommand), ports);
});

void t.test('nothing is pulled ahead if nothing serves or the versions run side by side', async (t) => {
  const held = createdEvents(configuration('shop:1', {}, true));
  const to = (volumes: boolean) =>
    ({ ...change(configuration('shop:2', {}, volumes)), pullOn: 'n1' }) as ServiceCommand;
  for (const { events } of [
    given(...held).when(start, to(true)).outcome,
    given(...createdEvents()).when(start, complete(1), to(false)).outcome,
  ])
    t.notMatch(events.at(-1), { data: { pullOn: 'n1' } });
});

void t.test('several instances are replaced one after another', async (t) => {
  const three = (image: string) => configuration(image, { count: 3 });
  const { when } = given(...createdEvents(three('shop:1')));
  const instances = (state: ServiceState) =>
    state.kind === 'present' ? [...state.living.values()].map(({ standing }) => standing.instances) : [];
  t.same(instances(when(start).outcome.state), [3], 'the first deployment starts all instances');
  const advance = (healthy: number) => ({ kind: 'advance', number: 2, healthy }) as const;
  t.same(instances(when(start, complete(1), change(three('shop:2'))).outcome.state), [3, 1]);
  t.same(instances(when(start, complete(1), change(three('shop:2')), advance(1)).outcome.state), [2, 2]);
  t.same(
    instances(
      when(start, complete(1), change(three('shop:2')), advance(1), advance(1), advance(2)).outcome.state,
    ),
    [1, 3],
  );
  t.same(
    instances(when(start, complete(1), change(three('shop:2')), advance(1), fail(2)).outcome.state),
    [3],
    'the previous version gets its instances back',
  );
});

void t.test(
  'no two states of a job have the same version name, however often its instance count changes',
  async (t) => {
    const { when } = given(...createdEvents(configuration('shop:0', { count: 3 })));
    const names: string[] = [];
    const commands: ServiceCommand[] = [start, complete(1)];
    const look = () => {
      const { state } = when(...commands).outcome;
      const standing = state.kind === 'present' ? state.living.get(1)?.standing : undefined;
      const name = standing && workVersionOf(standing);
      if (name !== undefined && name !== names.at(-1)) names.push(name);
    };
    look();
    for (const number of [2, 3, 4]) {
      const steps: ServiceCommand[] = [
        change(configuration(`shop:${number}`, { count: 3, update: { auto_revert: false } })),
        ...[1, 2].map((healthy) => ({ kind: 'advance', number, healthy }) as const),
        fail(number),
      ];
      for (const step of steps) {
        commands.push(step);
        look();
      }
    }
    t.same(names, ['0.3', '0.2', '0.1', '0.3~1', '0.2~1', '0.1~1', '0.3~2', '0.2~2', '0.1~2', '0.3~3']);
  },
);

void t.test(
  'a rollback creates a new version, and starts a deployment if the service is running',
  async (t) => {
    const back = { kind: 'rollBack', version: 1, former: configuration('shop:1'), by: BY, now: 0 } as const;
    given(...createdEvents())
      .when(change(configuration('shop:2')), back)
      .thenTypes(t, 'ServiceConfigured', 'ServiceConfigured');
    const { events } = given(...createdEvents()).when(
      start,
      complete(1),
      change(configuration('shop:2')),
      complete(2),
      back,
    ).outcome;
    t.match(events.slice(-2), [
      {
        type: 'ServiceConfigured',
        data: { version: 3, from: 1, because: 'rolled_back', config: { image: 'shop:1' } },
      },
      { type: 'DeploymentRequested', data: { number: 3, version: 3, because: 'rolled_back' } },
    ]);
    given(...createdEvents())
      .when({ ...back, version: 7 })
      .refused(t, 'MUSTER_E_SERVICE_VERSION_NOT_FOUND');
    given(...createdEvents())
      .when(start, back)
      .refused(t, 'MUSTER_E_SERVICE_DEPLOYING');
  },
);

void t.test('a value that the program has changed is never taken back by a failure', async (t) => {
  const rotated = (replaces: number): ServiceCommand => ({
    kind: 'rotate',
    replaces,
    configuration: configuration('shop:1', { args: ['new'] }),
    by: BY,
    now: 0,
  });
  given(...createdEvents())
    .when(start, complete(1), rotated(2))
    .thenTypes(t, 'DeploymentRequested', 'DeploymentSettled');
  const changed = given(...createdEvents()).when(start, complete(1), rotated(1)).outcome;
  t.match(changed.events.slice(-2), [
    { type: 'ServiceConfigured', data: { version: 2, because: 'rotated' } },
    { type: 'DeploymentRequested', data: { number: 2, version: 2, because: 'rotated' } },
  ]);
  for (const commands of [[fail(2)], [change(configuration('shop:3')), fail(3)]])
    t.match(
      given(...createdEvents())
        .when(start, complete(1), rotated(1), ...commands)
        .outcome.events.at(-1),
      {
        type: 'DeploymentSettled',
        data: { outcome: 'failed', revertedBy: undefined },
      },
    );
  t.match(
    given(...createdEvents())
      .when(start, complete(1), rotated(1), complete(2), change(configuration('shop:3')), fail(3))
      .outcome.events.find(
        (event) => event.type === 'ServiceConfigured' && event.data.because === 'reverted',
      ),
    { data: { from: 2 } },
    'from then on, failures go back to the new value',
  );
});

void t.test(
  'a service whose serving deployment ends for good has failed, and can be started again',
  async (t) => {
    const ended = { kind: 'fail', number: 1, reason: ILL } as const;
    const { state } = given(...createdEvents()).when(start, complete(1), ended, ended).outcome;
    t.match(state, { failed: true, living: new Map() });
    t.same(living(given(...createdEvents()).when(start, complete(1), ended, start).outcome.state), {
      serving: undefined,
      rollout: [2, 1],
    });
  },
);

void t.test('late reports about a deployment change nothing', async (t) => {
  const past = [...createdEvents()];
  given(...past)
    .when(
      start,
      complete(1),
      complete(1),
      fail(1),
      { kind: 'advance', number: 1, healthy: 1 },
      { kind: 'fail', number: 7, reason: WELL },
    )
    .thenTypes(t, 'DeploymentRequested', 'DeploymentSettled');
});

void t.test('a deleted service is deleted once and accepts no other command', async (t) => {
  const remove = { kind: 'delete', volumes: false, by: BY } as const;
  given(...createdEvents())
    .when(start, remove, remove)
    .thenTypes(t, 'DeploymentRequested', 'DeploymentSettled', 'ServiceDeleted');
  given(...createdEvents())
    .when(remove, start)
    .refused(t, 'MUSTER_E_SERVICE_NOT_FOUND', 'Service not found');
});

const FIRST = `shop@sha256:${'1'.repeat(64)}`;
const MOVED = `shop@sha256:${'2'.repeat(64)}`;
const pin = (number: number, imageDigest: string, restarts = 0) =>
  ({ kind: 'pin', number, restarts, imageDigest }) as const;
const pinnedBy = (state: ServiceState) =>
  state.kind === 'present'
    ? Object.fromEntries([...state.versions].map(([n, each]) => [n, each.imageDigest]))
    : {};

void t.test('a version keeps the first image digest that is reported for it', async (t) => {
  const { events, state } = given(...createdEvents()).when(
    start,
    pin(1, FIRST),
    pin(1, MOVED),
    complete(1),
  ).outcome;
  t.same(
    events.filter(({ type }) => type === 'ServiceImagePinned'),
    [{ type: 'ServiceImagePinned', data: { ...of, number: 1, version: 1, imageDigest: FIRST } }],
  );
  t.same(pinnedBy(state), { 1: FIRST });
  const { events: again } = given(...createdEvents()).when(
    start,
    pin(1, FIRST),
    complete(1),
    restart,
    stop,
    start,
  ).outcome;
  t.match(again.at(-1), {
    type: 'DeploymentRequested',
    data: { number: 2, version: 1, image: { image_digest: FIRST } },
  });
});

void t.test(
  'a rollback uses the image digest of its version, and a new version resolves its image again',
  async (t) => {
    const back = {
      kind: 'rollBack',
      version: 1,
      former: { ...configuration('shop:1'), imageDigest: FIRST },
      by: BY,
      now: 0,
    } as const;
    const { events, state } = given(...createdEvents()).when(
      start,
      pin(1, FIRST),
      complete(1),
      change(configuration('shop:1', { count: 2 })),
      pin(2, MOVED),
      complete(2),
      back,
    ).outcome;
    t.match(events.at(-2), { type: 'ServiceConfigured', data: { version: 3, imageDigest: FIRST } });
    t.match(events.at(-1), {
      type: 'DeploymentRequested',
      data: { number: 3, image: { image_digest: FIRST } },
    });
    t.match(pinnedBy(state), { 2: MOVED, 3: FIRST });
    const { events: reverted } = given(...createdEvents()).when(
      start,
      pin(1, FIRST),
      complete(1),
      change(configuration('shop:2')),
      fail(2),
    ).outcome;
    t.match(reverted.at(-1), { type: 'ServiceConfigured', data: { version: 3, imageDigest: FIRST } });
    const older = given(...createdEvents()).when(
      start,
      pin(1, FIRST),
      complete(1),
      stop,
      change(configuration('shop:2')),
      change(configuration('shop:3')),
    );
    t.equal(
      older.outcome.state.kind === 'present' && older.outcome.state.versions.has(1),
      true,
      'the version that served last is retained',
    );
  },
);

void t.test(
  'a start or restart with pull releases the image digest, and earlier reports are ignored',
  async (t) => {
    const pulled = given(...createdEvents()).when(
      start,
      pin(1, FIRST),
      complete(1),
      { kind: 'restart', by: BY, pull: true },
      pin(1, FIRST, 0),
      pin(1, MOVED, 1),
    );
    t.same(pulled.outcome.events.slice(-3), [
      { type: 'ServiceImageReleased', data: { ...of, version: 1, imageDigest: FIRST, by: BY } },
      { type: 'ServiceRestarted', data: { ...of, number: 1, restarts: 1, pull: true, by: BY } },
      { type: 'ServiceImagePinned', data: { ...of, number: 1, version: 1, imageDigest: MOVED } },
    ]);
    const begun = given(...createdEvents()).when(start, pin(1, FIRST), complete(1), stop, {
      kind: 'start',
      by: BY,
      now: 0,
      pull: true,
    });
    t.match(begun.outcome.events.slice(-2), [
      { type: 'ServiceImageReleased' },
      { type: 'DeploymentRequested', data: { image: { pull_image: true } } },
    ]);
    t.same(pinnedBy(begun.outcome.state), { 1: undefined });
  },
);

void t.test('the service of an account that ended is stopped with the reason, once', async (t) => {
  const ended: ServiceCommand = { kind: 'ownerEnded', end: { how: 'erased', userId: BY } };
  const stopped = { type: 'ServiceStopRequested', data: { ...of, by: 'muster', because: 'erased' } } as const;
  t.same(
    given(...createdEvents())
      .when(start, complete(1), ended, ended)
      .outcome.events.slice(2),
    [stopped],
  );
  given(...createdEvents())
    .when(start, ended)
    .thenTypes(t, 'DeploymentRequested', 'DeploymentSettled', 'ServiceStopRequested');
  given(...createdEvents())
    .when(ended)
    .then(t);
});

void t.test('the service of an account that ended goes to its heir, and keeps running', async (t) => {
  const handed: ServiceCommand = { kind: 'ownerEnded', end: { how: 'deactivated', userId: BY, heir: 'bob' } };
  const { events, state } = given(...createdEvents()).when(start, complete(1), handed, handed).outcome;
  t.same(events.slice(2), [
    { type: 'ServiceOwnerChanged', data: { ...of, ownerId: 'bob', because: 'deactivated' } },
  ]);
  t.match(state, { createdBy: 'bob' });
  t.match(living(state), { serving: [1, 1] });
});
