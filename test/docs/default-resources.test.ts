import { readFileSync } from 'node:fs';
import t from 'tap';
import { containerRequest } from '#agents/drivers/docker/container-request.js';
import { exitMessage } from '#agents/runner/exit-message.js';
import { taskGroup } from '#domain/jobs/job/specification.js';
import { taskOf } from '#domain/protocol/index.js';
import { shapeDataOf } from '#domain/scheduling/feasibility/group-specification.js';

const SENTENCE =
  '`cpu: 100`, `memory: 64`, each if it is not set. These defaults are counted when the task is placed, and limit nothing';

void t.test('the documentation says what the default resources of a task do', async (t) => {
  t.ok(readFileSync('docs/job-file.md', 'utf8').includes(SENTENCE));
});

for (const [resources, counted, limits] of [
  [undefined, { cpu: 100, memory: 64 }, []],
  [{ cpu: 200 }, { cpu: 200, memory: 64 }, ['cpu']],
  [{ memory: 64 }, { cpu: 100, memory: 64 }, ['memory']],
] as const)
  void t.test(`of ${JSON.stringify(resources)}, defaults are counted and limit nothing`, async (t) => {
    const config = { image: 'web' };
    const task = { name: 't', driver: 'docker', config, ...(resources !== undefined && { resources }) };
    const group = taskGroup.parse({ name: 'g', tasks: [task] });
    t.strictSame(shapeDataOf(group, undefined).resources, counted);
    const place = { nodeId: 'n', epoch: 1, allocationId: 'a', jobId: 'j', group: 'g', gpuDevices: [] };
    const sent = taskOf({ name: 't', config, ...(resources !== undefined && { resources }) });
    const { HostConfig = {} } = containerRequest(
      { ...place, directory: '/nowhere', task: sent, config },
      [],
      '127.0.0.1',
    );
    t.strictSame(
      [
        ...(HostConfig.NanoCpus === undefined ? [] : ['cpu']),
        ...(HostConfig.Memory === undefined ? [] : ['memory']),
      ],
      limits,
    );
  });

void t.test('the message of a task that ran out of memory says whose limit it was', async (t) => {
  const exit = { exitCode: 137, outOfMemory: true, endTime: 1 };
  t.match(exitMessage(exit, undefined), 'the task has no limit, so its node had none left');
  t.match(exitMessage(exit, 64), 'its limit is 64 MiB, from `memory` in the `resources` of its job or task');
});
