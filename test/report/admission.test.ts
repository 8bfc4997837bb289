import t from 'tap';
import { eventually } from '../fixtures/eventually.js';
import { Admission } from './admission.js';

function scene(idle: () => number) {
  const admission = new Admission({ atLeast: 2, atMost: 4, idle, everyMs: 5 });
  const state = { inside: 0 };
  const enter = async (): Promise<void> => {
    await admission.enter();
    state.inside += 1;
  };
  const leave = (): void => {
    state.inside -= 1;
    admission.leave();
  };
  const all = Array.from({ length: 8 }, enter);
  return { state, leave, all };
}

void t.test('admits only the minimum while the processors are busy', async (t) => {
  let looks = 0;
  const { state, leave, all } = scene(() => {
    looks += 1;
    return 0.1;
  });
  await eventually(() => looks > 5);
  t.equal(state.inside, 2);
  leave();
  await eventually(() => state.inside === 2);
  for (let left = 0; left < 5; left += 1) {
    await eventually(() => state.inside === 2);
    leave();
  }
  await Promise.all(all);
  t.equal(state.inside, 2, 'all callers were admitted');
});

void t.test('admits one more at a time while the processors are idle, up to the maximum', async (t) => {
  let looks = 0;
  const { state, leave, all } = scene(() => {
    looks += 1;
    return 0.9;
  });
  await eventually(() => state.inside === 4);
  const before = looks;
  await eventually(() => looks > before + 5);
  t.equal(state.inside, 4);
  for (let left = 0; left < 4; left += 1) {
    leave();
    await eventually(() => state.inside === 4);
  }
  await Promise.all(all);
});
