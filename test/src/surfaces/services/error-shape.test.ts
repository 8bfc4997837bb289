import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import { inContractWords } from '#src/surfaces/services/error-shape.js';

void t.test("returns errors under a single key, in the contract's wording", async (t) => {
  const said = (error: MusterError): unknown => inContractWords(error, 0).body;
  t.same(said(new MusterError('MUSTER_E_UNAUTHORIZED', { problem: 'x' })), {
    error: 'Invalid or missing token',
  });
  t.same(said(new MusterError('MUSTER_E_FORBIDDEN', { problem: 'x' })), {
    error: 'Insufficient permissions',
  });
  t.same(said(new MusterError('MUSTER_E_ID_INVALID', { of: 'service' })), { error: 'Invalid service ID' });
  t.same(
    said(new MusterError('MUSTER_E_OVERLOADED', { what: 'x' })),
    { error: 'overloaded: x; try again' },
    'other errors keep their own message',
  );
});

void t.test("describes invalid input in the contract's wording", async (t) => {
  const { body } = inContractWords(
    new MusterError('MUSTER_E_INVALID', { field: 'email', problem: 'is none' }),
    0,
  );
  t.same(body, { error: 'Invalid input data: email: is none' });
});
