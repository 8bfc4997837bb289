import t from 'tap';
import { OwnWork } from '#agents/drivers/own-work.js';

const OWN = 'a'.repeat(32);
const OTHER = `0123456789${'b'.repeat(22)}`;
const identity = (id: string | undefined) => ({ id, known: Promise.resolve() });

void t.test('what bears the node id and this log, or no log, is this agent’s', async (t) => {
  const own = new OwnWork('n1', identity(OWN));
  t.ok(own.has({ node: 'n1', log: OWN }));
  t.ok(own.has({ node: 'n1' }), 'agents of older releases name no log');
  for (const maker of [
    { node: 'n1', log: OTHER },
    { node: 'n2', log: OWN },
    { node: 'n2' },
    { node: undefined },
  ])
    t.notOk(own.has(maker), JSON.stringify(maker));
});

void t.test('until the log is known, what bears a log is not this agent’s', async (t) => {
  const own = new OwnWork('n1', identity(undefined));
  t.notOk(own.has({ node: 'n1', log: OTHER }));
  t.ok(own.has({ node: 'n1' }));
});

void t.test('an operator hands over the work of a former log', async (t) => {
  const own = new OwnWork('n1', identity(OWN), [OTHER]);
  t.ok(own.has({ node: 'n1', log: OTHER }));
  t.notOk(own.has({ node: 'n2', log: OTHER }), 'but not that of other nodes');
});

void t.test('names a maker by its node id, and by its log only if the node id is the same', async (t) => {
  const own = new OwnWork('n1', identity(OWN));
  t.equal(own.nameOf({ node: 'n1', log: OWN }), 'n1');
  t.equal(own.nameOf({ node: 'n1', log: OTHER }), 'n1@01234567');
  t.equal(own.nameOf({ node: 'n2', log: OTHER }), 'n2');
  t.equal(own.nameOf({ node: 'n1', log: 'x y=z' }), 'n1@unknown', 'no text of others gets into an attribute');
});
