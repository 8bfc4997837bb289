import t from 'tap';
import { enrolments, type EnrolmentEvent } from '#domain/nodes/enrolment/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const { given } = specify(enrolments);
const on = { nodeId: 'n1' };
const enrolled: EnrolmentEvent = { type: 'NodeEnrolled', data: { ...on, hostname: 'ann.example' } };
const forgotten: EnrolmentEvent = { type: 'NodeForgotten', data: on };
const used: EnrolmentEvent = { type: 'NodeSecretUsed', data: on };
const revoked: EnrolmentEvent = { type: 'NodeSecretRevoked', data: on };

void t.test('a node keeps its first hostname until the hostname is forgotten', async (t) => {
  given()
    .when({ kind: 'enrol', ...on, hostname: 'ann.example' })
    .then(t, enrolled);
  given(enrolled)
    .when({ kind: 'enrol', ...on, hostname: 'bob.example' })
    .then(t);
  given(enrolled)
    .when({ kind: 'forget', ...on })
    .then(t, forgotten);
  given(enrolled, forgotten)
    .when({ kind: 'enrol', ...on, hostname: 'ann.example' })
    .then(t, enrolled);
});

void t.test('an enrolment records the digest of the address that requests it', async (t) => {
  const address = 'x'.repeat(22);
  given()
    .when({ kind: 'enrol', ...on, hostname: 'ann.example', address })
    .then(t, { type: 'NodeEnrolled', data: { ...on, hostname: 'ann.example', address } });
});

void t.test('a hostname that no node uses cannot be forgotten', async (t) => {
  given()
    .when({ kind: 'forget', ...on })
    .refused(t, 'MUSTER_E_NODE_NOT_FOUND');
  given(enrolled, forgotten)
    .when({ kind: 'forget', ...on })
    .refused(t, 'MUSTER_E_NODE_NOT_FOUND');
});

void t.test('only the first use of a secret is recorded', async (t) => {
  given()
    .when({ kind: 'useSecret', ...on, series: 0 })
    .then(t, used);
  given(used)
    .when({ kind: 'useSecret', ...on, series: 0 })
    .then(t);
});

void t.test('a revoked secret is invalid, and the next one is valid', async (t) => {
  given(used)
    .when({ kind: 'revokeSecret', ...on })
    .then(t, revoked);
  given(used, revoked)
    .when({ kind: 'useSecret', ...on, series: 0 })
    .refused(t, 'MUSTER_E_UNAUTHORIZED');
  given(used, revoked)
    .when({ kind: 'useSecret', ...on, series: 1 })
    .then(t, used);
  t.same(given(used, revoked, revoked).state, { hostname: undefined, ownSecret: false, series: 2 });
});

void t.test('hostnames and secrets of nodes remain when the cluster is cleared', async (t) => {
  t.strictSame([enrolments.stream('x'), enrolments.outlivesClear], ['enrolment-x', true]);
});
