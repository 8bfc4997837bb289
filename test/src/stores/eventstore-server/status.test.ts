import { status } from '@grpc/grpc-js';
import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import {
  accessDenied,
  appendTooLarge,
  invalidArgument,
  metadataMissing,
  notOfMuster,
  shuttingDown,
  statusOf,
  streamDeleted,
  unforeseen,
  wrongExpectedVersion,
  type WireStatus,
} from '#src/stores/eventstore-server/status.js';

const told = ({ code, details, metadata }: WireStatus) => [code, details, metadata.getMap()];

void t.test('reports each refusal as EventStoreDB does, by status, text and trailers', async (t) => {
  t.strictSame(told(unforeseen()), [status.UNKNOWN, 'Exception was thrown by handler.', {}]);
  t.strictSame(told(invalidArgument('no')), [status.INVALID_ARGUMENT, 'no', {}]);
  t.strictSame(told(shuttingDown()), [status.UNAVAILABLE, 'Server Is Shutting Down', {}]);
  t.strictSame(told(accessDenied()), [
    status.PERMISSION_DENIED,
    'Access Denied',
    { exception: 'access-denied' },
  ]);
  t.strictSame(told(streamDeleted('job-a')), [
    status.FAILED_PRECONDITION,
    "Event stream 'job-a' is deleted.",
    { exception: 'stream-deleted', 'stream-name': 'job-a' },
  ]);
  t.strictSame(told(appendTooLarge(1_024)), [
    status.INVALID_ARGUMENT,
    'Maximum Append Size of 1024 Exceeded.',
    { exception: 'maximum-append-size-exceeded', 'maximum-append-size': '1024' },
  ]);
  t.strictSame(told(metadataMissing()), [
    status.INVALID_ARGUMENT,
    'Required Metadata Property is missing',
    { exception: 'missing-required-metadata-property', 'required-metadata-properties': 'type,content-type' },
  ]);
  t.strictSame(told(wrongExpectedVersion('job-a', '-2', '7')), [
    status.FAILED_PRECONDITION,
    'Delete failed due to WrongExpectedVersion. Stream: job-a, Expected version: -2, Actual version: 7',
    {
      exception: 'wrong-expected-version',
      'stream-name': 'job-a',
      'expected-version': '-2',
      'actual-version': '7',
    },
  ]);
  t.match(told(notOfMuster('job-a')), [
    status.PERMISSION_DENIED,
    /stream 'job-a' belongs to Muster/,
    { exception: 'access-denied' },
  ]);
});

void t.test('writes printable ASCII of limited length into trailers', async (t) => {
  const [, details, trailers] = told(streamDeleted('作业\n~ a'));
  t.equal(details, "Event stream '???~ a' is deleted.");
  t.match(trailers, { 'stream-name': '???~ a' });
  t.equal(String(streamDeleted('x'.repeat(5_000)).metadata.get('stream-name')[0]).length, 1_024);
});

void t.test("maps the log's refusals to gRPC statuses, and unexpected errors to UNKNOWN", async (t) => {
  const known = accessDenied();
  t.equal(statusOf(known), known);
  for (const [error, code] of [
    [new MusterError('MUSTER_E_STREAM_DELETED', { stream: 'job-a' }), status.FAILED_PRECONDITION],
    [new MusterError('MUSTER_E_STORE_FULL'), status.RESOURCE_EXHAUSTED],
    [new MusterError('MUSTER_E_STORE_BUSY', { queued: 3 }), status.UNAVAILABLE],
    [new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'away' }), status.UNAVAILABLE],
    [new MusterError('MUSTER_E_INTERNAL', { requestId: 'r' }), status.UNKNOWN],
    [new Error('x'), status.UNKNOWN],
    [undefined, status.UNKNOWN],
  ] as const)
    t.equal(statusOf(error).code, code, String(error));
  t.equal(
    statusOf(new MusterError('MUSTER_E_STREAM_DELETED', { stream: 'job-a' })).details,
    "Event stream 'job-a' is deleted.",
  );
  t.match(statusOf(new MusterError('MUSTER_E_STORE_BUSY', { queued: 3 })).details, /3 appends waiting/);
});
