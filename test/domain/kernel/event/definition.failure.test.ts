import t from 'tap';
import { isFailure } from '#domain/kernel/event/index.js';
import { definitionOf } from '#test/fixtures/muster-events.js';

void t.test('an event counts as a failure because of its type or outcome', async (t) => {
  for (const [type, data, failure] of [
    ['NodeWentDown', '{}', true],
    ['TaskRunRetried', '{}', true],
    ['AllocationReleased', '{"outcome":"failed"}', true],
    ['AllocationReleased', '{"outcome":"lost","retryAt":1}', true],
    ['AllocationReleased', '{"outcome":"complete","note":"\\"outcome\\":\\"failed\\""}', false],
    ['TaskRunEnded', '{"outcome":"timeout"}', true],
    ['TaskRunEnded', '{"outcome":"success"}', false],
    ['AllocationFailed', '{"outcome":"failed"}', false],
    ['JobSubmitted', '{"outcome":"failed"}', false],
    ['AllocationReleased', 'null', false],
    ['AllocationReleased', 'no JSON', false],
  ] as const)
    t.equal(isFailure(definitionOf(type)!, data), failure, `${type} ${data}`);
});
