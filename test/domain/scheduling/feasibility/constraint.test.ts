import t from 'tap';
import { tenantRefusalOf, ACCEPTS_TENANTS } from '#domain/drivers/tenant-refusal.js';
import { takesLessThan } from '../../../fixtures/processor-time.js';
import {
  checkConstraint,
  compileConstraint,
  jobConstraintList,
} from '#domain/scheduling/feasibility/constraint.js';
import { compareByCodePoint, numberIn } from '#domain/scheduling/feasibility/comparison.js';
import type { NodeFacts } from '#domain/scheduling/capacity/node-facts.js';
import type { Constraint } from '#domain/jobs/job/specification.js';

const node: NodeFacts = {
  nodeId: 'n-1',
  epoch: 1,
  ipAddress: '10.1.2.3',
  resources: { cpu: 4000, memory: 8192 },
  attributes: { zone: 'eu-west', rack: '12', ssd: true, cpu: 'shadowed', kernel: 5.15 },
  drivers: ['docker'],
  healthy: true,
  down: false,
  draining: false,
  eligible: true,
};
const holds = (attribute: string, operator: Constraint['operator'], value: string | number): boolean =>
  compileConstraint({ attribute, operator, value }).holds(node);

void t.test(
  'an attribute name refers to the id, the address, a resource or a custom attribute, in that order',
  async (t) => {
    t.ok(holds('node_id', '=', 'n-1'));
    t.ok(holds('ip_address', 'regex', '^10\\.1\\.'));
    t.ok(holds('cpu', '=', 4000));
    t.ok(holds('zone', '=', 'eu-west'));
    t.ok(holds('ssd', '=', 'true'));
    t.notOk(holds('constructor', 'regex', '.'), 'inherited properties are not attributes');
  },
);

void t.test('tags that an operator set override the tags that the node registered', async (t) => {
  const wanted = compileConstraint({ attribute: 'tag.gpu', operator: '=', value: 'true' });
  t.equal(wanted.label, 'constraint tag.gpu = true');
  t.ok(wanted.holds({ ...node, tags: ['cpu', 'gpu'] }));
  t.notOk(wanted.holds({ ...node, tags: ['cpu'] }));
  t.notOk(wanted.holds(node));
  t.ok(wanted.holds({ ...node, attributes: { 'tag.gpu': true } }));
  t.notOk(
    wanted.holds({ ...node, tags: [], attributes: { 'tag.gpu': true } }),
    'the tags of an operator take precedence',
  );
});

void t.test('= holds for equal numbers and equal texts', async (t) => {
  t.ok(holds('rack', '=', 12));
  t.ok(holds('rack', '=', '12.0'));
  t.notOk(holds('zone', '=', 'EU-WEST'));
  t.notOk(holds('zone', '=', 0));
});

void t.test('!= is the opposite of =, and also holds if the attribute is missing', async (t) => {
  t.ok(holds('zone', '!=', 'us-east'));
  t.notOk(holds('rack', '!=', '012'));
  t.ok(holds('missing', '!=', 'x'));
  for (const operator of ['=', '>', '<', 'regex'] as const) t.notOk(holds('missing', operator, ''));
});

void t.test('> and < are numeric when both sides are numbers, else by code point', async (t) => {
  t.ok(holds('memory', '>', '900'));
  t.notOk(holds('memory', '<', 900));
  t.ok(holds('rack', '<', '9x'), 'a value that is not a number is compared as text: 1 comes before 9');
  t.ok(
    holds('kernel', '>', 5.4) === false && holds('kernel', '<', 5.4),
    'version 5.15 is compared as a number, and is less than 5.4',
  );
  t.ok(
    compareByCodePoint('\u{1F600}', '\uFF5E') > 0,
    'an astral character comes after every character of the basic plane',
  );
  t.ok(compareByCodePoint('a', 'ab') < 0);
  t.ok(compareByCodePoint('\u{1F600}', '\u{1F601}') < 0);
});

void t.test('only decimal numbers are numbers', async (t) => {
  for (const text of ['', ' ', '0x10', 'Infinity', 'NaN', '1_000', '1e999', '--1'])
    t.equal(numberIn(text), undefined, text);
  t.equal(numberIn(' -1.5e3 '), -1500);
});

void t.test('a regex is unanchored, and an invalid one is refused with the reason', async (t) => {
  t.ok(holds('zone', 'regex', 'west'));
  t.notOk(holds('zone', 'regex', '^west'));
  const problem = (value: string): string | undefined =>
    checkConstraint({ attribute: 'a', operator: 'regex', value });
  t.equal(problem('^(a|b)+$'), undefined);
  for (const bad of ['(', '[a', 'a{1000}{1000}', '(?<=a)b', '\\1', 'x'.repeat(513), '(abcdefghij){150}'])
    t.type(problem(bad), 'string', bad.slice(0, 20));
  t.equal(checkConstraint({ attribute: 'a', operator: '=', value: '(' }), undefined);
});

void t.test('a regex that causes backtracking in other engines takes linear time here', async (t) => {
  const attack = compileConstraint({ attribute: 'long', operator: 'regex', value: '(a+)+$' });
  const fiveTimes = (length: number): void => {
    const facts = { ...node, attributes: { long: `${'a'.repeat(length)}!` } };
    for (let round = 0; round < 5; round += 1) t.notOk(attack.holds(facts));
  };
  fiveTimes(5000);
  await takesLessThan(t, 500, '5,000 characters', () => fiveTimes(5000));
  await takesLessThan(t, 1000, '8,000 characters', () => fiveTimes(8000));
  const nested = compileConstraint({ attribute: 'long', operator: 'regex', value: '(x+x+)+y' });
  await takesLessThan(t, 500, 'nested repetition', () =>
    t.notOk(nested.holds({ ...node, attributes: { long: 'x'.repeat(5000) } })),
  );
});

void t.test('job-level constraints are converted to a list of constraints', async (t) => {
  t.strictSame(jobConstraintList({ zone: 'a', cpu: { operator: '>', value: 5 } }), [
    { attribute: 'zone', operator: '=', value: 'a' },
    { attribute: 'cpu', operator: '>', value: 5 },
  ]);
});

void t.test(
  'the reason why a group is not placed states why a node refuses processes of tenants',
  async (t) => {
    const tenants = compileConstraint(ACCEPTS_TENANTS);
    const reason = (attributes: NodeFacts['attributes']): string => {
      const facts = { ...node, attributes: { 'exec.tenants': 'refused', ...attributes } };
      t.notOk(tenants.holds(facts));
      return tenants.labelFor?.(facts) ?? tenants.label;
    };
    const tmp = reason({ 'exec.tenants_refused_for': 'shared_tmp' });
    t.equal(tmp, 'constraint exec.tenants != refused (processes there share /tmp)');
    const said = [
      {},
      { 'exec.tenants_refused_for': 'shared_user' },
      { 'exec.tenants_refused_for': 'no reason of ours' },
    ].map(reason);
    t.same(new Set(said), new Set(['constraint exec.tenants != refused']));
    t.same([tmp, ...said, 'constraint zone = eu'].map(tenantRefusalOf), [
      'shared_tmp',
      'shared_user',
      'shared_user',
      'shared_user',
      undefined,
    ]);
  },
);
