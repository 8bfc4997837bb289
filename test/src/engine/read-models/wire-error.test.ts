import t from 'tap';
import { claimErrors } from '#domain/gpu/claim/errors.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { fromWire, toWire } from '#src/engine/read-models/wire-error.js';

void t.test('restores a Muster error from a thread', async (t) => {
  const error = new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'away' });
  const told = fromWire(structuredClone(toWire(error)));
  t.ok(isMusterError(told, 'MUSTER_E_STORE_UNAVAILABLE'));
  t.match(told, {
    message: error.message,
    fields: { problem: 'away' },
    cause: { code: 'MUSTER_E_STORE_UNAVAILABLE', stack: error.stack },
  });
});

void t.test('restores an error that an aggregate declares, without knowing the aggregate', async (t) => {
  const error = new MusterError(claimErrors.MUSTER_E_GPU_QUOTA);
  const told = fromWire(structuredClone(toWire(error)));
  t.ok(isMusterError(told, claimErrors.MUSTER_E_GPU_QUOTA));
  t.match(told, { message: error.message, status: error.status, hint: error.hint });
});

void t.test('turns other failures into errors of the read models, with code and stack', async (t) => {
  const error = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' });
  const wire = toWire(error);
  t.strictSame(wire, { message: 'disk I/O error', code: 'SQLITE_IOERR', stack: error.stack });
  t.match(fromWire(wire), {
    code: 'MUSTER_E_READ_MODEL_UNAVAILABLE',
    fields: { model: 'all', problem: 'disk I/O error' },
    cause: { code: 'SQLITE_IOERR', stack: error.stack },
  });
  t.strictSame(
    toWire(Object.assign(new Error('x'), { code: 7 })).code,
    undefined,
    'a code that is not a string is dropped',
  );
  t.strictSame(toWire('a text'), { message: 'a text' });
  t.match(fromWire({ message: 'a text' }), {
    code: 'MUSTER_E_READ_MODEL_UNAVAILABLE',
    cause: { message: 'a text' },
  });
});
