import t from 'tap';
import { causesOf } from '#domain/explain/causes.js';
import { referenceText } from '#domain/explain/reference.js';
import type { RecordedMusterEvent } from '#test/fixtures/muster-events.js';

const causes = (type: string, data: object, metadata: object): readonly string[] =>
  causesOf({ type, data, metadata } as unknown as RecordedMusterEvent).map(referenceText);

void t.test(
  'the causes of an event are its direct cause, followed by the objects that its data refers to',
  async (t) => {
    t.strictSame(causes('JobSubmitted', { jobId: 'hello' }, { $causationId: 'c1', commandId: 'c1' }), [
      'command:c1',
    ]);
    t.strictSame(
      causes(
        'AllocationPlaced',
        { allocationId: 'al', jobId: 'hello', jobVersion: 3, evaluationId: 'ev', nodeId: 'n1', epoch: 2 },
        { $causationId: 'e1' },
      ),
      ['event:e1', 'job:hello@3', 'evaluation:ev', 'node:n1@2'],
    );
    t.strictSame(
      causes('AllocationStarted', { allocationId: 'al', nodeId: 'n1' }, { $causationId: 'scheduler@17' }),
      ['scheduler@17', 'allocation:al'],
    );
    t.strictSame(
      causes(
        'EvaluationBlocked',
        {
          jobId: 'hello',
          jobVersion: 0,
          evaluationId: 'ev',
          triggers: [
            { kind: 'allocation-ended', ref: 'old' },
            { kind: 'nodes-changed', ref: '0' },
          ],
        },
        { $causationId: 'e1' },
      ),
      ['event:e1', 'evaluation:ev', 'job:hello@0', 'allocation:old'],
    );
    t.strictSame(causes('JobFinished', { jobId: 'hello', jobVersion: 1 }, { $causationId: 'e1' }), [
      'event:e1',
      'job:hello@1',
    ]);
    t.strictSame(causes('NodeCapacitySet', { nodeId: 'n1', epoch: 4 }, { $causationId: 'e1' }), [
      'event:e1',
      'node:n1@4',
    ]);
  },
);
