import t from 'tap';
import { waitingFor } from '#domain/tasks/task/run-reason.js';

/** The reason of a run that no node accepts. */
const reasonFor = (filtered: Readonly<Record<string, number>>, nodes = 3) => {
  const blocked = { run: { unplaced: 1, nodes, filtered, exhausted: {}, short: {} } };
  return waitingFor({ blocked } as unknown as Parameters<typeof waitingFor>[0], true, 0, 0);
};
const REFUSED = 'constraint exec.tenants != refused';

void t.test(
  'a run that all suitable workers refuse has the most frequent reason for the refusals',
  async (t) => {
    const tmp = `${REFUSED} (processes there share /tmp)`;
    t.equal(reasonFor({ [tmp]: 3 }), 'worker_shares_its_tmp');
    t.equal(reasonFor({ [REFUSED]: 3 }), 'worker_shares_its_user');
    t.equal(reasonFor({ [REFUSED]: 1, [tmp]: 2 }), 'worker_shares_its_tmp');
    t.equal(reasonFor({ 'driver exec': 3 }), 'no_suitable_worker');
    t.equal(reasonFor({ [tmp]: 2 }), 'waiting_for_capacity', 'one worker accepts the run');
  },
);
