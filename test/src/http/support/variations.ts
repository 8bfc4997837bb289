type Path = readonly (string | number)[];

/** A body and its difference from the original. */
export interface Variation {
  readonly what: string;
  readonly body: unknown;
}

/** Lengths around all limits in our rules. */
const LENGTHS = [
  1, 7, 8, 32, 33, 64, 65, 100, 101, 128, 129, 200, 201, 253, 254, 255, 256, 500, 501, 512, 513, 1024, 1025,
  4096, 4097, 10_000, 10_001, 32_768, 32_769, 65_536, 65_537, 100_000, 100_001,
];
const TEXTS = [
  '',
  ' ',
  'a\0b',
  '.',
  '..',
  '/',
  '/tmp',
  'a/b',
  'a:b',
  'a@b',
  'A',
  'Ab',
  '-a',
  '_a',
  'a b',
  'a.b',
  'é',
  '1',
  'true',
  'a@b.cd',
  'gpu.a',
  'gpu',
  'task.1',
  'http://10.0.0.1:9000',
  'http://10.0.0.1/x',
  'http://u:p@10.0.0.1',
  'ftp://10.0.0.1',
];
const NUMBERS = [
  -1,
  -0.5,
  0,
  0.5,
  1,
  1.5,
  5,
  100,
  101,
  1000,
  1001,
  3600,
  3601,
  10_000,
  10_001,
  65_535,
  65_536,
  86_400,
  86_401,
  31_536_000,
  31_536_001,
  315_360_000,
  315_360_001,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
];
const COUNTS = [0, 1, 16, 17, 32, 33, 64, 65, 256, 257, 1024, 1025];
const KEYS = [
  '',
  'a',
  'A',
  'a b',
  'a=b',
  'a.b',
  '1',
  '_a',
  'a\0',
  'a'.repeat(64),
  'a'.repeat(65),
  'a'.repeat(128),
  'a'.repeat(129),
  'unknown_key',
];
const OTHERS = [null, true, 1, 'text', [], {}];

/** Yields the body with a single change in every place and every way that a rule might restrict, whatever its schema says. */
export function* variationsOf(body: unknown): Generator<Variation> {
  for (const [path, value] of placesIn(body)) {
    const at = path.join('.') || 'the body';
    for (const other of [...OTHERS, ...changesOf(value)])
      yield { what: `${at}: ${short(other)}`, body: changed(body, path, other) };
  }
}

function* placesIn(value: unknown, path: Path = []): Generator<readonly [Path, unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* placesIn(inner, [...path, Array.isArray(value) ? Number(key) : key]);
}

function changesOf(value: unknown): readonly unknown[] {
  if (typeof value === 'string')
    return [
      ...TEXTS,
      ...LENGTHS.map((length) => 'a'.repeat(length)),
      ...[7, 8, 128, 129].map((length) => '😀'.repeat(length)),
    ];
  if (typeof value === 'number') return NUMBERS;
  if (Array.isArray(value))
    return COUNTS.map((count) => Array.from({ length: count }, (_, index) => numbered(value[0], index)));
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const [[, first] = ['', 1]] = entries;
  return [
    ...entries.map(([without]) => Object.fromEntries(entries.filter(([key]) => key !== without))),
    ...KEYS.map((key) => ({ ...value, [key]: first })),
    ...COUNTS.map((count) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, first])),
    ),
  ];
}

/** Makes names and ports differ, because duplicates would be refused for another reason. */
function numbered(value: unknown, index: number): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || index === 0) return value;
  const { config, tasks, ...rest } = value as {
    name?: unknown;
    config?: { port?: unknown };
    tasks?: readonly unknown[];
  };
  const { port: _, ...unbound } = config ?? {};
  return {
    ...rest,
    ...(rest.name !== undefined && { name: `n${index}` }),
    ...(config !== undefined && { config: unbound }),
    ...(tasks !== undefined && { tasks: tasks.map((task) => numbered(task, 1)) }),
  };
}

function changed(value: unknown, [key, ...rest]: Path, other: unknown): unknown {
  if (key === undefined) return other;
  if (Array.isArray(value))
    return value.map((each, index) => (index === key ? changed(each, rest, other) : each));
  return { ...(value as object), [key]: changed((value as Record<string, unknown>)[key], rest, other) };
}

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 40)}… (${text.length})` : text;
}
