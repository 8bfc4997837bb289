import t from 'tap';
import { claimErrors } from '#domain/gpu/claim/index.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';

void t.test('an error takes its code, status, message and hint from the error table', (t) => {
  const error = new MusterError(
    'MUSTER_E_INVALID',
    { field: 'cpu', problem: 'is negative' },
    { cause: 'a zod error' },
  );
  t.match(error, {
    name: 'MusterError',
    code: 'MUSTER_E_INVALID',
    status: 400,
    message: 'cpu: is negative',
    cause: 'a zod error',
    hint: undefined,
  });
  t.match(new MusterError('MUSTER_E_HOST_UNKNOWN', { host: 'evil.example' }), {
    status: 421,
    hint: 'Add it to MUSTER_ALLOWED_HOSTS.',
  });
  t.end();
});

void t.test(
  'a missing field leaves its placeholder, and values are never interpreted as placeholders',
  (t) => {
    t.equal(new MusterError('MUSTER_E_INVALID', { field: 'cpu' }).message, 'cpu: {problem}');
    t.equal(
      new MusterError('MUSTER_E_INVALID', { field: '$& $1 {problem}', problem: '{field}' }).message,
      '$& $1 {problem}: {field}',
    );
    t.equal(
      new MusterError(claimErrors.MUSTER_E_GPU_QUOTA, {
        wanted: 2,
        taken: 0,
        quota: 1,
        role: 'user',
      }).message.startsWith('spec.resources.gpuCount: requesting 2 in addition to 0'),
      true,
    );
    t.end();
  },
);

void t.test('the noun after a count is singular for 1 and plural otherwise', (t) => {
  const limited = (retryAfter: number): string =>
    new MusterError('MUSTER_E_RATE_LIMITED', { what: 'logins', retryAfter }).message;
  t.equal(limited(1), 'too many logins; try again in 1 second');
  t.equal(limited(30), 'too many logins; try again in 30 seconds');
  t.equal(
    new MusterError('MUSTER_E_RATE_LIMITED', { what: 'logins' }).message,
    'too many logins; try again in {retryAfter:second}',
  );
  t.end();
});

void t.test(
  'a MusterError is distinguished from other errors, and from other MusterErrors by its code',
  (t) => {
    const error = new MusterError('MUSTER_E_JOB_NOT_FOUND');
    t.ok(isMusterError(error));
    t.ok(isMusterError(error, 'MUSTER_E_JOB_NOT_FOUND'));
    t.notOk(isMusterError(error, 'MUSTER_E_INVALID'));
    for (const other of [
      new Error('a'),
      { code: 'MUSTER_E_JOB_NOT_FOUND' },
      undefined,
      'MUSTER_E_JOB_NOT_FOUND',
    ])
      t.notOk(isMusterError(other));
    t.end();
  },
);
