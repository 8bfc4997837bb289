import t from 'tap';
import { parseDocuments, parseStructured } from '#src/cli/files/structured-text.js';

await t.test('parses JSON and YAML to the same value', async (t) => {
  const said = { job_id: 'web', task_groups: [{ name: 'web', count: 2 }], constraints: {} };
  t.same(parseStructured(JSON.stringify(said, null, '\t'), 'web.json'), said);
  t.same(
    parseStructured('job_id: web\ntask_groups:\n  - name: web\n    count: 2\nconstraints: {}\n', 'web.yaml'),
    said,
  );
});

await t.test('reports the line and column where a file is neither JSON nor YAML', async (t) => {
  t.throws(() => parseStructured('job_id: web\ntask_groups:\n  - name: "web\n', 'web.yaml'), {
    message: /^web\.yaml is not JSON or YAML:\nweb\.yaml:4:1: a quote is not closed$/,
  });
  t.throws(() => parseStructured('{\n  "job_id": "web",\n  "job_id" "x"\n}', 'web.json'), {
    message: /^web\.json is not JSON or YAML:\nweb\.json:3:\d+: /,
  });
  t.throws(() => parseStructured('a: 1\na: 2\n', 'web.yaml'), {
    message: /^web\.yaml:2:1: duplicate key a$/m,
  });
});

await t.test('refuses YAML aliases that expand exponentially', async (t) => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x, x]',
    ...['b', 'c', 'd', 'e', 'f', 'g', 'h'].map(
      (name, index) =>
        `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdefgh'[index]}`).join(', ')}]`,
    ),
  ].join('\n');
  t.throws(() => parseStructured(bomb, 'bomb.yaml'), {
    message: /^bomb\.yaml is not JSON or YAML:\nbomb\.yaml:1:1: its aliases/,
  });
});

await t.test('reads a single document, several documents, or lists of them from a file', async (t) => {
  t.same(parseDocuments('name: a\n', 'a.yaml'), [{ name: 'a' }]);
  t.same(parseDocuments('---\nname: a\n---\n- name: b\n- name: c\n---\n# nothing\n', 'a.yaml'), [
    { name: 'a' },
    { name: 'b' },
    { name: 'c' },
  ]);
  t.same(parseDocuments('[{"name": "a"}, {"name": "b"}]', 'a.json'), [{ name: 'a' }, { name: 'b' }]);
  t.throws(() => parseDocuments('name: a\n---\nname: "b\n', 'a.yaml'), {
    message: /^a\.yaml is not JSON or YAML:\na\.yaml:\d+:\d+: /,
  });
});

await t.test('keeps numbers and booleans in text fields exactly as written', async (t) => {
  const written = [
    '123456789012345678',
    '1.10',
    '1.0',
    '1e400',
    '007',
    '0x1F',
    '0o17',
    '1_000',
    '+5',
    '-0',
    'true',
    'True',
    '.inf',
    '5',
  ];
  for (const text of written) {
    const said = parseStructured(
      `name: ${text}\ntask_groups:\n- tasks:\n  - env: {N: ${text}}\n    args: [-p, ${text}]\nenvironment:\n  N: ${text}\n`,
      'a.yaml',
    );
    t.same(
      said,
      {
        name: text,
        task_groups: [{ tasks: [{ env: { N: text }, args: ['-p', text] }] }],
        environment: { N: text },
      },
      text,
    );
  }
  for (const text of written.filter((each) => /^-?\d[\d.e]*$/.test(each) && each !== '007'))
    t.same(
      parseStructured(`{"name": ${text}, "env": {"N": ${text}, "T": true}, "args": [${text}]}`, 'a.json'),
      {
        name: text,
        env: { N: text, T: 'true' },
        args: [text],
      },
    );
  t.same(parseDocuments('---\nenv: {A: 1.10}\n---\n- env: {A: 007}\n', 'a.yaml'), [
    { env: { A: '1.10' } },
    { env: { A: '007' } },
  ]);
});

await t.test('parses numbers and booleans in fields that are not text, and null in any field', async (t) => {
  const yaml =
    'count: 1.0\nretry_count: 1e1\nenabled: true\nname: null\nresources: {cpu: 0x10}\nafter: {tasks: [1, nightly]}\n';
  const said = {
    count: 1,
    retry_count: 10,
    enabled: true,
    name: null,
    resources: { cpu: 16 },
    after: { tasks: [1, 'nightly'] },
  };
  t.same(parseStructured(yaml, 'a.yaml'), said);
  t.same(parseStructured('{"count": 1.0, "resources": {"cpu": 1e3}}', 'a.json'), {
    count: 1,
    resources: { cpu: 1000 },
  });
  t.same(parseStructured('memory: &m 128\nenv: {MEMORY: *m}\nlimit: *m\n', 'a.yaml'), {
    memory: 128,
    env: { MEMORY: '128' },
    limit: 128,
  });
});

await t.test(
  'keeps a number in a mixed field as text if parsing would change how it is printed',
  async (t) => {
    const constraints = '{release: 5.10, cores: 8, size: {operator: ">", value: 123456789012345678}}';
    t.same(parseStructured(`constraints: ${constraints}\n`, 'a.yaml'), {
      constraints: { release: '5.10', cores: 8, size: { operator: '>', value: '123456789012345678' } },
    });
    t.same(parseStructured('{"custom_variables": {"A": 1.10, "B": 1, "C": true}}', 'a.json'), {
      custom_variables: { A: '1.10', B: 1, C: true },
    });
  },
);

await t.test('keeps numeric field names exactly as written', async (t) => {
  t.same(parseStructured('labels: {007: a, 1.10: b, 123456789012345678: c}\n', 'a.yaml'), {
    labels: { '007': 'a', '1.10': 'b', '123456789012345678': 'c' },
  });
});

await t.test('merges maps as `<<` says', async (t) => {
  const common = '- &common\n  name: a\n  retry_count: 2\n- &more {command: date}\n';
  t.same(
    parseDocuments(`${common}- <<: *common\n  name: b\n- {<<: [*common, *more], name: c}\n`, 'a.yaml').slice(
      2,
    ),
    [
      { name: 'b', retry_count: 2 },
      { name: 'c', retry_count: 2, command: 'date' },
    ],
  );
  t.same(parseDocuments(`---\n${common}- {<<: *more, name: b}\n`, 'a.yaml').at(-1), {
    command: 'date',
    name: 'b',
  });
});
