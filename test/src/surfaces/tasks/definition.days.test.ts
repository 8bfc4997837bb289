import t from 'tap';
import { changedBody, definitionOf } from '#src/surfaces/tasks/definition.js';
import type { TaskBody } from '#src/surfaces/tasks/task-contract.js';

const sealed = { environment: undefined, place: undefined };
const body = (changes: Partial<TaskBody>): TaskBody =>
  ({ name: 'a', executor: 'shell', command: 'true', ...changes }) as TaskBody;
const timing = (changes: Partial<TaskBody>) => definitionOf(body(changes), sealed).timing;

void t.test('a task stores which days its schedule means only if its owner said so', async (t) => {
  for (const [said, dayMatch] of [
    [{ schedule: '0 0 */2 * 1' }, undefined],
    [{ schedule: '0 0 1-7 * 0' }, undefined],
    [{ schedule: '0 0 1-7 * 0', day_match: 'and' }, 'and'],
    [{ schedule: '0 0 */2 * 1', day_match: 'or' }, 'or'],
    [{ schedule: '0 0 */2 * *' }, undefined],
    [{ schedule: '@daily' }, undefined],
    [{}, undefined],
  ] as const)
    t.equal(timing(said).dayMatch, dayMatch, JSON.stringify(said));
});

void t.test('a change keeps what a schedule means', async (t) => {
  const changed = (given: Partial<TaskBody>, change: object) =>
    definitionOf(changedBody(definitionOf(body(given), sealed), {}, change), sealed).timing;
  t.match(changed({ schedule: '0 0 */2 * 1', day_match: 'or' }, { name: 'b' }), { dayMatch: 'or' });
  t.match(changed({ schedule: '0 0 1-7 * 0', day_match: 'and' }, { schedule: '0 4 1-7 * 0' }), {
    dayMatch: 'and',
  });
  t.equal(changed({ schedule: '0 0 */2 * 1' }, { schedule: '0 0 1 * 1' }).dayMatch, undefined);
  t.equal(changed({ schedule: '0 0 1 * 1', day_match: 'and' }, { day_match: null }).dayMatch, undefined);
});
