import t from 'tap';
import {
  environmentName,
  environmentNameReservation,
  environmentNames,
  type EnvironmentNameEvent,
} from '#domain/environments/environment/index.js';
import { NAME_RESERVATION_TIMEOUT_MS, type HeldNameCommand } from '#domain/kernel/held-name.js';
import { specify } from '../../kernel/event/decider-specification.js';

const MADE = Date.parse('2026-01-01T00:00:00Z');
const [ONE, TWO] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
const { given } = specify(environmentNames, { moments: (revision) => MADE + revision });
const reserved = (environmentId: string): EnvironmentNameEvent => ({
  type: 'EnvironmentNameReserved',
  data: { reservation: 'r', environmentId },
});
const released = (environmentId: string): EnvironmentNameEvent => ({
  type: 'EnvironmentNameReleased',
  data: { reservation: 'r', environmentId },
});
const reserve = (
  holder: string,
  more: Partial<HeldNameCommand<string> & { kind: 'reserve' }> = {},
): HeldNameCommand<string> => ({
  kind: 'reserve',
  reservation: 'r',
  called: 'rename environment to',
  holder,
  now: MADE,
  ...more,
});

void t.test('the first environment to reserve a name holds the name until it releases it', async (t) => {
  given().when(reserve(ONE), reserve(ONE)).then(t, reserved(ONE));
  given(reserved(ONE))
    .when(reserve(TWO))
    .refused(t, 'MUSTER_E_ENVIRONMENT_NAME_TAKEN', 'Cannot rename environment to an existing name');
  given(reserved(ONE))
    .when({ kind: 'release', reservation: 'r', holder: ONE }, reserve(TWO))
    .then(t, released(ONE), reserved(TWO));
});

void t.test(
  'the name of a deleted environment is free at once, and an unconfirmed name after a timeout',
  async (t) => {
    given(reserved(ONE))
      .when(reserve(TWO, { strayed: ONE }))
      .refused(t, 'MUSTER_E_ENVIRONMENT_NAME_TAKEN');
    given(reserved(ONE))
      .when(reserve(TWO, { strayed: ONE, over: true }))
      .then(t, released(ONE), reserved(TWO));
    given(reserved(ONE))
      .when(reserve(TWO, { strayed: ONE, now: MADE + NAME_RESERVATION_TIMEOUT_MS }))
      .then(t, released(ONE), reserved(TWO));
    given(reserved(TWO))
      .when(reserve('x', { strayed: ONE, over: true }))
      .refused(t, 'MUSTER_E_ENVIRONMENT_NAME_TAKEN');
  },
);

void t.test(
  'an environment name may use any script, but must not be a path, an option or a reserved name',
  async (t) => {
    for (const name of ['a', 'data-1', 'Анализ', '数据', 'x.y_z', 'e\u0301t\u00e9', '9'])
      t.ok(environmentName.safeParse(name).success, name);
    for (const name of [
      '',
      '.',
      '..',
      '../x',
      'a/b',
      'a b',
      '-n',
      'base',
      'Root',
      'x'.repeat(101),
      'a\u0000',
      'a\n',
      'a\u202eb',
      '%2e',
    ])
      t.notOk(environmentName.safeParse(name).success, encodeURI(name));
    t.equal(environmentNameReservation('a', 'caf\u00e9'), environmentNameReservation('a', 'cafe\u0301'));
    t.not(environmentNameReservation('a', 'x'), environmentNameReservation('b', 'x'));
  },
);
