import t from 'tap';
import { takesLessThan } from '../../../../fixtures/processor-time.js';
import { openTestApi } from '../../../http/support/test-api.js';

interface Parsed {
  readonly job: Readonly<Record<string, unknown>> | null;
  readonly problems: readonly {
    readonly line: number;
    readonly column: number;
    readonly field: string | null;
    readonly problem: string;
  }[];
}

const api = await openTestApi(t);

async function parse(text: string): Promise<Parsed> {
  const { status, body } = await api.say('POST', '/jobs/parse', { text });
  if (status !== 200) throw new Error(body);
  return JSON.parse(body) as Parsed;
}

const YAML = `job_id: report
task_groups:
  - name: report
    tasks:
      - name: count
        config: { command: wc -l orders.csv }
        env: { VERSION: 1.10 }
`;

void t.test('parses YAML, JSON and HCL into a valid submission', async (t) => {
  const { job, problems } = await parse(YAML);
  t.same(problems, []);
  t.match(job, { job_id: 'report', task_groups: [{ tasks: [{ env: { VERSION: '1.10' } }] }] });
  t.same(
    (await parse(JSON.stringify(job, null, '\t'))).job,
    job,
    'JSON indented with tabs gives the same job',
  );
  const nomad = await parse(
    'job "web" {\n group "g" {\n task "t" {\n driver = "docker"\n config {\n image = "nginx:1"\n }\n }\n }\n}\n',
  );
  t.match(nomad, { job: { job_id: 'web', task_groups: [{ name: 'g' }] }, problems: [] });
  t.match(await api.say('POST', '/jobs', nomad.job), { status: 200 });
});

void t.test('reports each problem with its line and column', async (t) => {
  const unknown = YAML.replace('config:', 'konfig:');
  t.match((await parse(unknown)).problems, [
    { line: 5, column: 9, field: 'task_groups[0].tasks[0].config' },
    { line: 6, column: 9, field: 'task_groups[0].tasks[0].konfig', problem: 'is not a known key' },
  ]);
  const at = async (text: string) => (await parse(text)).problems[0];
  t.match(await at(YAML.replace('name: report\n    t', 'name: [report]\n    t')), { line: 3, column: 5 });
  t.match(await at('job_id: a\njob_id: b\n'), { line: 2, column: 1, problem: 'duplicate key job_id' });
  t.match(await at('{\n  "job_id": 7,\n  "task_groups": "none"\n}'), {
    line: 3,
    column: 3,
    field: 'task_groups',
  });
  t.match(await at('{\n  "job_id": "a" "b"\n}'), { line: 2, column: 17 });
  t.match(await at('job "web" {\n  group {\n'), { field: null });
  t.match(await at('a: [b\nc'), { line: 2, field: null });
});

void t.test('quickly refuses a text that would be slow to parse', async (t) => {
  for (const text of [
    '['.repeat(60_000),
    '{a: '.repeat(15_000),
    '- '.repeat(30_000),
    `{${'a,'.repeat(30_000)}}`,
  ]) {
    const start = text.slice(0, 8);
    const { problems } = await takesLessThan(t, 1500, start, async () => await parse(text));
    t.ok(problems.length > 0, start);
  }
  t.equal((await api.say('POST', '/jobs/parse', { text: 'a'.repeat(70_000) })).status, 400);
});
