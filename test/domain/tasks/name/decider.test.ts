import t from 'tap';
import { NAME_RESERVATION_TIMEOUT_MS, type HeldNameCommand } from '#domain/kernel/held-name.js';
import { taskNameReservation, taskNames, type TaskNameEvent } from '#domain/tasks/name/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const MADE = Date.parse('2026-01-01T00:00:00Z');
const { given } = specify(taskNames, { moments: (revision) => MADE + revision });
const reserved = (taskId: number): TaskNameEvent => ({
  type: 'TaskNameReserved',
  data: { reservation: 'r', taskId },
});
const released = (taskId: number): TaskNameEvent => ({
  type: 'TaskNameReleased',
  data: { reservation: 'r', taskId },
});
const reserve = (
  taskId: number,
  more: { readonly strayed?: number; readonly now?: number } = {},
): HeldNameCommand<number> => ({
  kind: 'reserve',
  reservation: 'r',
  called: 'nightly',
  holder: taskId,
  now: MADE,
  ...more,
});
const release = (taskId: number): HeldNameCommand<number> => ({
  kind: 'release',
  reservation: 'r',
  holder: taskId,
});

void t.test('the first task that reserves a name holds the name until it releases it', async (t) => {
  given().when(reserve(1), reserve(1)).then(t, reserved(1));
  given(reserved(1)).when(reserve(2)).refused(t, 'MUSTER_E_TASK_NAME_TAKEN');
  given(reserved(1)).when(release(2), release(1), release(1), reserve(2)).then(t, released(1), reserved(2));
});

void t.test(
  'the name of a task that was never created is given to another task once a timeout has passed',
  async (t) => {
    const later = MADE + NAME_RESERVATION_TIMEOUT_MS;
    given(reserved(1))
      .when(reserve(2, { strayed: 1, now: later - 1 }))
      .refused(t, 'MUSTER_E_TASK_NAME_TAKEN');
    given(reserved(1))
      .when(reserve(2, { strayed: 1, now: later }))
      .then(t, released(1), reserved(2));
    given(reserved(1))
      .when(reserve(2, { strayed: 3, now: later }))
      .refused(t, 'MUSTER_E_TASK_NAME_TAKEN');
  },
);

void t.test('a name is unique within its tenant, in any Unicode spelling', async (t) => {
  t.equal(taskNameReservation('a', 'caf\u00e9'), taskNameReservation('a', 'cafe\u0301'));
  t.not(taskNameReservation('a', 'nightly'), taskNameReservation('b', 'nightly'));
  t.not(taskNameReservation('a', 'nightly'), taskNameReservation('a', 'Nightly'));
});
