import t from 'tap';
import { claimErrors } from '#domain/gpu/claim/index.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';

void t.test('an error is its row of the table, filled with its fields', (t) => {
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
    hint: 'Name it in MUSTER_ALLOWED_HOSTS.',
  });
  t.end();
});

void t.test('a missing field stays a placeholder, and a value is never interpreted as a placeholder', (t) => {
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
    }).message.startsWith('spec.resources.gpuCount: 2 more than the 0'),
    true,
  );
  t.end();
});

void t.test('errors of Muster are distinguished from others, and codes from each other', (t) => {
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
});
