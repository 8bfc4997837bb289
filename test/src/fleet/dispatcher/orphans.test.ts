import t from 'tap';
import { Orphans } from '#src/fleet/dispatcher/orphans.js';

void t.test('stops an orphan at once, and again after doubling delays up to an hour', async (t) => {
  const strays = new Orphans();
  let now = 0;
  t.ok(strays.notice('a', now));
  for (const seconds of [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]) {
    t.notOk(
      strays.notice('a', now + seconds * 1000 - 1),
      `the orphan is not stopped again before ${seconds} s`,
    );
    now += seconds * 1000;
    t.ok(strays.notice('a', now));
  }
});

void t.test('ignores invalid ids', async (t) => {
  const strays = new Orphans();
  for (const id of ['', '-a', '_a', 'a b', 'a/b', '../a', 'a'.repeat(101)]) {
    t.notOk(strays.notice(id, 0), id);
    t.notOk(strays.has(id));
  }
  for (const id of ['a', '0', 'A-b_c', 'a'.repeat(100)]) t.ok(strays.notice(id, 0), id);
});

void t.test('retains only the thousand newest orphans', async (t) => {
  const strays = new Orphans();
  for (let index = 0; index < 1000; index += 1) strays.notice(`a${index}`, 0);
  t.ok(strays.has('a0'));
  strays.notice('a0', 30_000);
  strays.notice('new', 30_000);
  t.ok(strays.has('a0'), 'an orphan that is reported again counts as one of the newest');
  t.notOk(strays.has('a1'));
  t.ok(strays.has('a2') && strays.has('new'));
});

void t.test('forgets orphans when the agent changes', async (t) => {
  const strays = new Orphans();
  strays.notice('a', 0);
  strays.clear();
  t.notOk(strays.has('a'));
  t.ok(strays.notice('a', 1));
});
