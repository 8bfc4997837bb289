import t from 'tap';
import { whyBuild, whyEnvironment } from '#domain/explain/index.js';
import { log, type Given } from './support/log.js';

const requested = (build: number, behind: readonly number[] = []): Given => [
  'EnvironmentBuildRequested',
  { build, behind, change: { kind: 'install' } },
];
const built = (build: number): Given => ['EnvironmentBuilt', { build }, 'saga:environments'];
const failed = (build: number, step: string, names: readonly string[] = []): Given => [
  'EnvironmentBuildFailed',
  { build, step, failed: names.map((name) => ({ name, why: 'not_found' })) },
  'saga:environments',
];

void t.test('a build is explained by how it ended, and who requested it', async (t) => {
  const why = (build: number, ...events: readonly Given[]): string =>
    whyBuild(log(...events), build, undefined).sentence;
  t.strictSame(whyBuild(log(requested(2), failed(2, 'solve', ['nonsense'])), 2, undefined), {
    sentence: 'It failed because its packages could not be resolved: nonsense (not found).',
    evidence: ['Account ann requested it.'],
  });
  for (const step of ['fetch', 'install', 'pip', 'not_run', 'timeout', 'lost', 'no_room']) {
    const sentence = why(2, requested(2), failed(2, step));
    t.match(sentence, /^It failed because (?:it|its|pip|the) .*\.$/, step);
    t.notMatch(sentence, /_/, step);
  }
  t.equal(why(1, requested(1), built(1)), 'It succeeded.');
  t.equal(
    why(1, requested(1), ['EnvironmentPlanned', { build: 1 }]),
    'It was planned. Nothing was installed.',
  );
  t.equal(
    why(1, requested(1), ['EnvironmentBuildCancelled', { build: 1 }]),
    'It was cancelled by account ann.',
  );
  t.equal(
    why(1, requested(1), ['EnvironmentBuildCancelled', { build: 1, because: 'erased' }]),
    'It was cancelled because the account that owns it was erased.',
  );
  t.equal(why(1, requested(1)), 'It has not been started yet.');
  t.equal(why(3, requested(1), requested(2), requested(3, [1, 2])), 'It starts after build 2 has ended.');
  t.equal(why(3, requested(3, [2]), built(2)), 'It has not been started yet.');
  const waits = { sentence: 'It is waiting: no node.', evidence: ['One.'] };
  t.strictSame(whyBuild(log(requested(1)), 1, waits), {
    sentence: 'It has not ended. It is waiting: no node.',
    evidence: ['Account ann requested it.', 'One.'],
  });
});

void t.test('an environment is explained by its newest build, and what it uses instead', async (t) => {
  const why = (...events: readonly Given[]) => whyEnvironment(log(...events), undefined);
  t.equal(why(['EnvironmentCreated']).sentence, 'It has not been built yet.');
  t.strictSame(why(requested(1), built(1)), {
    sentence: 'Build 1 succeeded.',
    evidence: ['Account ann requested it.'],
  });
  t.strictSame(why(requested(1), built(1), requested(2), failed(2, 'solve', ['nonsense'])), {
    sentence: 'Build 2 failed because its packages could not be resolved: nonsense (not found).',
    evidence: ['Account ann requested it.', 'Its earlier packages remain in use.'],
  });
  t.equal(why(requested(1), requested(2, [1])).sentence, 'Build 2 starts after build 1 has ended.');
  t.equal(
    why(requested(2), built(2), ['EnvironmentRolledBack', { generation: 1, before: 2 }]).sentence,
    'It uses generation 1 because account ann rolled it back from generation 2.',
  );
  t.strictSame(why(requested(1), failed(1, 'pip'), ['EnvironmentDeleted', { reason: 'not_built' }]), {
    sentence: 'It was deleted because its first build failed.',
    evidence: ['Build 1 failed because pip could not install its packages.'],
  });
  t.equal(why(['EnvironmentDeleted', { reason: 'requested' }]).sentence, 'It was deleted by account ann.');
});
