import fc from 'fast-check';
import t from 'tap';
import { choosePorts, freePortCount, type PortChoice } from '#domain/scheduling/capacity/port-range.js';

const range = { first: 100, last: 109 };
const choice = (given: Partial<PortChoice> = {}): PortChoice => ({
  range,
  held: new Set(),
  named: [],
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
  'each port is one of the range that nobody holds and the group does not name, for any of them',
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
  'the former port comes before the one that is preferred, and that before any other',
  async (t) => {
    const former = { web: [{ container: 80, host: 104 }] };
    t.strictSame(hosts([{ ...http, prefer: 105 }], choice({ former })), [104]);
    t.strictSame(hosts([{ ...http, prefer: 105 }], choice({ former, held: new Set([104]) })), [105]);
    t.strictSame(
      hosts([{ ...http, prefer: 22 }], choice({ former: { web: [{ container: 80, host: 22 }] } })),
      hosts([http], choice()),
      'none beyond the range',
    );
  },
);

void t.test('one that is not to be what it prefers is another', async (t) => {
  const [other] = hosts([http], choice({ preferred: false }));
  t.strictSame(hosts([{ ...http, prefer: 105 }], choice({ preferred: false })), [other]);
});

void t.test('a new port never takes the former one of another', async (t) => {
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
  'the same slot begins its search at the same port, and other slots mostly at others',
  async (t) => {
    const wide = { first: 20_000, last: 32_000 };
    const first = (slot: string): number => hosts([http], choice({ range: wide, slot }))[0] ?? 0;
    t.equal(first('one/web/0'), first('one/web/0'));
    t.equal(new Set(['one/web/0', 'one/web/1', 'two/web/0', 'three/web/0'].map(first)).size, 4);
  },
);

void t.test('a port that is held and named counts once among those that are not free', async (t) => {
  t.equal(freePortCount(range, new Set([100, 101, 99, 110]), [101, 102, 8080]), 7);
});

void t.test('the search goes round: one free port anywhere is found', async (t) => {
  for (let free = 100; free <= 109; free += 1) {
    const held = new Set([100, 101, 102, 103, 104, 105, 106, 107, 108, 109].filter((each) => each !== free));
    t.strictSame(hosts([http], choice({ held })), [free]);
  }
  t.throws(
    () => hosts([http, admin], choice({ range: { first: 100, last: 100 } })),
    /no port from 100 to 100 is free/,
  );
});
