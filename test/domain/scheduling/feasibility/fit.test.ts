import t from 'tap';
import { Ledger } from '#domain/scheduling/capacity/ledger.js';
import {
  areDevicesFree,
  chooseDevices,
  isLacking,
  isOversubscribed,
  isTooSmall,
} from '#domain/scheduling/feasibility/fit.js';

/** A node with 10 cpu, 10 memory and 3 devices. The arguments are the amounts, ports and devices in use. */
function node({ cpu = 0, ports = [] as number[], devices = [] as number[] } = {}) {
  const ledger = new Ledger();
  const at = ledger.node('n');
  ledger.setCapacity(at, { cpu: 10, memory: 10, gpus: 3 });
  ledger.hold(at, ledger.demand({ cpu, gpus: devices.length }, { ports }), devices);
  const lacks = (resources: Readonly<Record<string, number>>, wantedPorts: readonly number[] = []) => {
    const told: [string, number][] = [];
    const demand = ledger.demand(resources, { ports: wantedPorts });
    const lacking = isLacking(ledger, at, demand, (...each) => void told.push(each));
    t.equal(isLacking(ledger, at, demand), lacking, 'the result is the same without a callback');
    t.equal(told.length > 0, lacking);
    return told;
  };
  return { ledger, at, lacks };
}

void t.test(
  'a demand fits if it uses exactly the free units, and otherwise the missing units are reported',
  async (t) => {
    const { lacks } = node({ cpu: 4 });
    t.strictSame(lacks({ cpu: 6, memory: 10 }), []);
    t.strictSame(lacks({ cpu: 7, memory: 13 }), [
      ['cpu', 1],
      ['memory', 3],
    ]);
    t.strictSame(lacks({ tapes: 1 }), [['tapes', 1]], 'a node has none of an unknown resource');
    t.strictSame(lacks({}), []);
  },
);

void t.test('a port has only one holder', async (t) => {
  const { lacks } = node({ ports: [80, 443] });
  t.strictSame(lacks({}, [80, 8080, 443]), [
    ['port 80', 1],
    ['port 443', 1],
  ]);
  t.strictSame(lacks({}, [8080]), []);
});

void t.test(
  'a demand lacks devices if too many are held by index, even if enough units are free',
  async (t) => {
    t.strictSame(node({ devices: [0] }).lacks({ gpus: 2 }), []);
    t.strictSame(node({ devices: [0] }).lacks({ gpus: 3 }), [['gpus', 1]]);
    const { ledger, at, lacks } = node({ devices: [0, 1] });
    ledger.setCapacity(at, { cpu: 10, memory: 10, gpus: 1 });
    t.strictSame(lacks({ gpus: 1 }), [['gpus', 2]]);
    ledger.setCapacity(at, { cpu: 10, memory: 10, gpus: 3 });
    ledger.release(at, ledger.demand({ gpus: 2 }), undefined);
    t.strictSame(lacks({ gpus: 2 }), [['gpus', 1]], 'enough units are free, but the devices are still held');
  },
);

void t.test('only available devices are assigned', async (t) => {
  const { ledger, at, lacks } = node({ devices: [0] });
  const named = (...numbers: readonly number[]) => numbers.map((index) => ({ index, uuid: `GPU-${index}` }));
  ledger.setCapacity(at, { cpu: 10, memory: 10, gpus: 3 }, named(0, 2, 5));
  t.same(chooseDevices(ledger, at, { one: 1, two: 1 }), { one: [2], two: [5] });
  t.ok(areDevicesFree(ledger, at, [2, 5]));
  for (const devices of [[0], [1], [3], [2, 2]])
    t.notOk(areDevicesFree(ledger, at, devices), String(devices));
  t.notOk(isOversubscribed(ledger, at));
  ledger.setCapacity(at, { cpu: 10, memory: 10, gpus: 2 }, named(5, 2));
  t.ok(isOversubscribed(ledger, at), 'a node is oversubscribed if a held device has failed');
  t.strictSame(lacks({ gpus: 1 }), [], 'the remaining device is free');
  t.ok(isTooSmall(ledger, at, ledger.demand({ gpus: 3 })));
  ledger.setCapacity(at, { cpu: 10, memory: 10, gpus: 2 }, []);
  t.ok(
    isTooSmall(ledger, at, ledger.demand({ gpus: 1 })),
    'a node whose devices have all failed is too small',
  );
});

void t.test('a node is too small for a demand that would not fit if it were empty', async (t) => {
  const { ledger, at } = node({ cpu: 10, devices: [0, 1, 2] });
  t.notOk(isTooSmall(ledger, at, ledger.demand({ cpu: 10, memory: 10, gpus: 3 })));
  t.ok(isTooSmall(ledger, at, ledger.demand({ cpu: 11 })));
  t.ok(isTooSmall(ledger, at, ledger.demand({ cpu: 1, memory: 11 })));
  t.ok(isTooSmall(ledger, at, ledger.demand({}, { gpus: 4 })));
  t.notOk(isTooSmall(ledger, at, ledger.demand({}, { gpus: 3 })));
});

void t.test('each task gets the lowest free devices', async (t) => {
  const { ledger, at } = node({ devices: [1] });
  t.strictSame(chooseDevices(ledger, at, { one: 1, two: 2, none: 0 }), { one: [0], two: [2, 3], none: [] });
});

void t.test('devices are free if they exist, are listed once, and have no holder', async (t) => {
  const { ledger, at } = node({ devices: [1] });
  t.ok(areDevicesFree(ledger, at, [0, 2]));
  t.ok(areDevicesFree(ledger, at, []));
  for (const taken of [[1], [0, 1], [0, 0], [3], [0, 3]])
    t.notOk(areDevicesFree(ledger, at, taken), taken.join());
});

void t.test(
  'a node is oversubscribed if it holds more than its capacity or a device that it lacks',
  async (t) => {
    const { ledger, at } = node({ cpu: 10, devices: [2] });
    t.notOk(isOversubscribed(ledger, at));
    ledger.setCapacity(at, { cpu: 9, memory: 10, gpus: 3 });
    t.ok(isOversubscribed(ledger, at));
    ledger.setCapacity(at, { cpu: 10, memory: 10, gpus: 2 });
    t.ok(isOversubscribed(ledger, at), 'the third device is held but no longer exists');
    ledger.hold(at, ledger.demand({ tapes: 1 }), undefined);
    ledger.setCapacity(at, { cpu: 10, memory: 10, gpus: 3 });
    t.ok(isOversubscribed(ledger, at), 'the node holds a resource that it never had');
  },
);
