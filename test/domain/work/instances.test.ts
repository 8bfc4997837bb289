import t from 'tap';
import { blockedSentence } from '#domain/explain/placement-words.js';
import { waitingSentence } from '#domain/work/index.js';
import { explainBlocked } from '#src/cli/shared/blocked.js';

const quota = { quota: 'memory', of: 'tenant', holder: 'acme', limit: 18_078, used: 1280 } as const;
const reason = { unplaced: 1, nodes: 2, filtered: {}, exhausted: {}, short: {}, quota };

void t.test('names the nodes first if no node could ever take the work, and else the quota', async (t) => {
  const tooLarge = { ...reason, exhausted: { memory: 2 }, short: { memory: 881_922 }, oversized: 2 };
  t.match(
    waitingSentence({ web: tooLarge }, 'web'),
    /^It waits for a node: 2 of 2 nodes lack memory; it would exceed a quota, too: .*1,280/,
  );
  t.match(
    blockedSentence({ web: tooLarge }),
    /group web cannot be placed: .*memory.*, and would exceed a quota: /,
  );
  t.match(explainBlocked({ web: tooLarge })[0], /2 nodes evaluated; over quota, too: /);

  t.match(waitingSentence({ web: reason }, 'web'), /^It waits: .*1,280/);
  t.match(blockedSentence({ web: reason }), /group web would exceed a quota: /);
  t.notMatch(explainBlocked({ web: reason })[0], /evaluated/);
});

void t.test('names both ways to go on if the node of a volume takes no work', async (t) => {
  const bound = {
    unplaced: 1,
    nodes: 2,
    filtered: { unschedulable: 1, 'volume service.x.data': 1 },
    exhausted: {},
    short: {},
    volumes: { 'service.x.data': 'old' },
  };
  const said = waitingSentence({ web: bound }, 'web');
  t.match(said, /its volume service\.x\.data is on node old, which takes no work/);
  t.match(said, /MUSTER_NODE_ID=old/);
  t.match(said, /muster volume rebind service\.x\.data --node NODE/);
  const full = { ...bound, filtered: { 'volume service.x.data': 1 }, exhausted: { memory: 1 } };
  t.notMatch(waitingSentence({ web: full }, 'web'), /rebind/);
});
