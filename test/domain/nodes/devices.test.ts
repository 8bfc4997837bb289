import t from 'tap';
import { seenDevices, usableDevices } from '#domain/nodes/devices.js';

void t.test(
  'the GPUs in the attributes of a node are listed in numeric order, with their health',
  async (t) => {
    const attributes = {
      'gpu.model': 'NVIDIA H100',
      'gpu.10.uuid': 'GPU-k',
      'gpu.10.health': 'ok',
      'gpu.2.uuid': 'GPU-c',
      'gpu.2.health': 'missing',
      'gpu.0.uuid': 'GPU-a',
    };
    t.same(seenDevices(attributes), [
      { index: 0, uuid: 'GPU-a', health: 'ok' },
      { index: 2, uuid: 'GPU-c', health: 'missing' },
      { index: 10, uuid: 'GPU-k', health: 'ok' },
    ]);
    t.same(usableDevices(attributes), [
      { index: 0, uuid: 'GPU-a' },
      { index: 10, uuid: 'GPU-k' },
    ]);
  },
);

void t.test(
  'the usable GPUs are undefined if the node reports no GPUs, and empty if all have failed',
  async (t) => {
    for (const attributes of [
      {},
      { 'gpu.model': 'x', 'gpu.memory': 1 },
      { 'gpu.00.uuid': 'a', 'gpu.-1.uuid': 'b', 'gpu.12345.uuid': 'c', 'gpu.uuid': 'd' },
    ])
      t.equal(usableDevices(attributes), undefined);
    t.same(usableDevices({ 'gpu.0.uuid': 'GPU-a', 'gpu.0.health': 'missing' }), []);
  },
);
