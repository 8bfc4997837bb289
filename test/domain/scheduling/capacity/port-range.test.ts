import fc from 'fast-check';
import t from 'tap';
import { choosePorts, freePortCount, type PortChoice } from '#domain/scheduling/capacity/port-range.js';

const range = { first: 100, last: 109 };
const choice = (given: Partial<PortChoice> = {}): PortChoice => ({
  range,
  held: new Set(),
  named: [],
  avoided: new Set(),
  former: {},
  slot: 'job/web/0',
  preferred: true,
  ...given,
});
const http = { task: 'web', container: 80 };
const admin = { task: 'web', container: 81 };
const hosts = (...chosen: Parameters<typeof choosePorts>): number[] =>
  Object.values(choosePorts(...chosen)).flatMap((ports) => ports.map(({ host }) => host));

void t.test(
  'each chosen port is in the range, free and not a static port of the group, and none is chosen twice',
  async () => {
    const port = fc.integer({ min: 98, max: 112 });
    fc.assert(
      fc.property(
        fc.uniqueArray(port, { maxLength: 9 }),
        fc.uniqueArray(port),
        fc.uniqueArray(port, { maxLength: 3 }),
        port,
        (held, named, containers, prefer) => {
          const wanted = containers.map((container) => ({ task: 'web', container, prefer }));
          if (freePortCount(range, new Set(held), named) < wanted.length) return true;
          const former = { web: containers.map((container) => ({ container, host: container })) };
          const chosen = hosts(wanted, choice({ held: new Set(held), named, former }));
          const sound = chosen.every(
            (each) => each >= 100 && each <= 109 && !held.includes(each) && !named.includes(each),
          );
          return sound && chosen.length === wanted.length && new Set(chosen).size === chosen.length;
        },
      ),
    );
  },
);

void t.test(
  'the previous port is chosen before the preferred one, and the preferred one before others',
  async (t) => {
    const former = { web: [{ container: 80, host: 104 }] };
    t.strictSame(hosts([{ ...http, prefer: 105 }], choice({ former })), [104]);
    t.strictSame(hosts([{ ...http, prefer: 105 }], choice({ former, held: new Set([104]) })), [105]);
    t.strictSame(
      hosts([{ ...http, prefer: 22 }], choice({ former: { web: [{ container: 80, host: 22 }] } })),
      hosts([http], choice()),
      'a port outside the range is ignored',
    );
  },
);

void t.test('with preferences off, the preferred port is ignored', async (t) => {
  const [other] = hosts([http], choice({ preferred: false }));
  t.strictSame(hosts([{ ...http, prefer: 105 }], choice({ preferred: false })), [other]);
});

void t.test('a new port is never the previous port of another container port', async (t) => {
  t.strictSame(
    choosePorts(
      [{ ...admin, prefer: 104 }, http],
      choice({ former: { web: [{ container: 80, host: 104 }] } }),
    )['web']?.[1],
    {
      container: 80,
      host: 104,
    },
  );
});

void t.test(
  'a slot always starts its search at the same port, and other slots start at different ports',
  async (t) => {
    const wide = { first: 20_000, last: 32_000 };
    const first = (slot: string): number => hosts([http], choice({ range: wide, slot }))[0] ?? 0;
    t.equal(first('one/web/0'), first('one/web/0'));
    t.equal(new Set(['one/web/0', 'one/web/1', 'two/web/0', 'three/web/0'].map(first)).size, 4);
  },
);

void t.test('a port that is both held and static is subtracted only once from the free ports', async (t) => {
  t.equal(freePortCount(range, new Set([100, 101, 99, 110]), [101, 102, 8080]), 7);
});

void t.test('the search wraps around and finds the only free port wherever it is', async (t) => {
  for (let free = 100; free <= 109; free += 1) {
    const held = new Set([100, 101, 102, 103, 104, 105, 106, 107, 108, 109].filter((each) => each !== free));
    t.strictSame(hosts([http], choice({ held })), [free]);
  }
  t.throws(
    () => hosts([http, admin], choice({ range: { first: 100, last: 100 } })),
    /no port from 100 to 100 is free/,
  );
});

void t.test('a port that is avoided is chosen only if no other is free', async (t) => {
  const avoided = new Set([100, 101, 102, 103, 104, 105, 106, 107, 108]);
  const former = { web: [{ container: 80, host: 104 }] };
  t.strictSame(hosts([{ ...http, prefer: 105 }], choice({ avoided, former })), [109]);
  t.match(hosts([http, admin], choice({ avoided })), [109, /^10[0-8]$/]);
});
