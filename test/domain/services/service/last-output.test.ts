import t from 'tap';
import { withLastOutput, type LastOutput } from '#domain/services/service/index.js';
import type { MusterEvent, RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { exited, place } from '../../../projections/events.js';
import { recorded } from '../../../projections/history.js';

type Exited = Extract<RecordedMusterEvent, { type: 'TaskExited' }>;

function gaveBack(allocation: string, result: string | undefined = 'sealed'): Exited {
  const event = exited(place(allocation, 'service.1', 0, 'service')) as Extract<
    MusterEvent,
    { type: 'TaskExited' }
  >;
  return recorded([
    { ...event, data: { ...event.data, ...(result !== undefined && { result }) } },
  ])[0] as Exited;
}

void t.test(
  'the last outputs list each instance that wrote something, up to a limit, and drop the oldest first',
  async (t) => {
    const two = ['a1', 'a2'].reduce(
      (ends: readonly LastOutput[], id) => withLastOutput(ends, gaveBack(id), 2),
      [],
    );
    t.match(two, [
      { allocationId: 'a1', nodeId: 'n1', slot: 0, task: 'main', endTime: 2, resultAt: 0 },
      { allocationId: 'a2' },
    ]);
    t.equal(withLastOutput(two, gaveBack('a2'), 2), two, 'a repeated report adds nothing');
    const nothing = exited(place('a3', 'service.1', 0, 'service'));
    t.equal(
      withLastOutput(two, recorded([nothing])[0] as Exited, 2),
      two,
      'an exit without output adds nothing',
    );
    t.match(
      withLastOutput(two, gaveBack('a3'), 2),
      [{ allocationId: 'a2' }, { allocationId: 'a3' }],
      'the oldest output is dropped',
    );
  },
);
