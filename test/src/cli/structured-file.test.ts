import t from 'tap';
import { parseDocuments, parseStructured } from '#src/cli/structured-file.js';

await t.test('JSON and YAML say the same', async (t) => {
  const said = { job_id: 'web', task_groups: [{ name: 'web', count: 2 }], constraints: {} };
  t.same(parseStructured(JSON.stringify(said, null, '\t'), 'web.json'), said);
  t.same(parseStructured('job_id: web\ntask_groups:\n  - name: web\n    count: 2\nconstraints: {}\n', 'web.yaml'), said);
});

await t.test('what is neither names its line and column', async (t) => {
  t.throws(() => parseStructured('job_id: web\ntask_groups:\n  - name: "web\n', 'web.yaml'), { message: /^web\.yaml is not JSON or YAML: line 4, column 1: / });
  t.throws(() => parseStructured('{\n  "job_id": "web",\n  "job_id" "x"\n}', 'web.json'), { message: /^web\.json is not JSON or YAML: line 3, column \d+: / });
  t.throws(() => parseStructured('a: 1\na: 2\n', 'web.yaml'), { message: /line 2, column 1: Map keys must be unique/ });
  t.throws(() => parseStructured(' \n', '-'), { message: '- is not JSON or YAML: it is empty' });
});

await t.test('aliases that grow without bound are refused', async (t) => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x, x]',
    ...['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, index) => `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdefgh'[index]}`).join(', ')}]`),
  ].join('\n');
  t.throws(() => parseStructured(bomb, 'bomb.yaml'), { message: /^bomb\.yaml is not JSON or YAML: / });
});

await t.test('a file may hold one document, many, or lists of them', async (t) => {
  t.same(parseDocuments('name: a\n', 'a.yaml'), [{ name: 'a' }]);
  t.same(parseDocuments('---\nname: a\n---\n- name: b\n- name: c\n---\n# nothing\n', 'a.yaml'), [{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
  t.same(parseDocuments('[{"name": "a"}, {"name": "b"}]', 'a.json'), [{ name: 'a' }, { name: 'b' }]);
  t.throws(() => parseDocuments('name: a\n---\nname: "b\n', 'a.yaml'), { message: /^a\.yaml is not JSON or YAML: line \d+, column \d+: / });
  t.throws(() => parseDocuments('', 'a.yaml'), { message: 'a.yaml is not JSON or YAML: it is empty' });
});
