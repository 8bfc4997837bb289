import t from 'tap';
import { claimErrors } from '#domain/gpu/claim/index.js';
import { declareErrors, ERRORS, isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { ALL_ERRORS } from '#domain/all-events.js';

void t.test(
  'an error declared by a surface behaves like a shared error, and is recognized by its code',
  (t) => {
    const { MUSTER_E_TEST } = declareErrors({
      MUSTER_E_TEST: { status: 418, template: 'a {what}', hint: 'Wait.' },
    });
    const error = new MusterError(MUSTER_E_TEST, { what: 'teapot' });
    t.match(error, { code: 'MUSTER_E_TEST', status: 418, message: 'a teapot', hint: 'Wait.' });
    t.ok(isMusterError(error, MUSTER_E_TEST));
    t.notOk(isMusterError(error, 'MUSTER_E_INVALID'));
    t.end();
  },
);

void t.test('errors of aggregates are listed with the shared errors, and every code is unique', (t) => {
  t.match(ALL_ERRORS.get('MUSTER_E_GPU_QUOTA'), { status: 403, code: 'MUSTER_E_GPU_QUOTA' });
  t.match(ALL_ERRORS.get('MUSTER_E_INVALID'), { status: 400, code: 'MUSTER_E_INVALID' });
  for (const code of Object.keys(claimErrors)) t.notOk(Object.hasOwn(ERRORS, code), code);
  t.end();
});
