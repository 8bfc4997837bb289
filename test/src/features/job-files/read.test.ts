import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { BUILT_IN_TEMPLATES, fillWith, render } from '#domain/services/template/index.js';
import { problemLine } from '#domain/nomad/index.js';
import { readJobFile } from '#src/features/job-files/index.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { takesLessThan } from '../../../fixtures/processor-time.js';

/** A job file whose only task has these lines in its config. */
const withConfig = (...lines: string[]): string => `job "web" {
  group "g" {
    task "t" {
      driver = "docker"
      config {
        image = "nginx:1"
${lines.join('\n')}
      }
    }
  }
}
`;

/** Returns the first problem as it is printed. */
async function problem(text: string): Promise<string | undefined> {
  const reading = await readJobFile(text);
  return 'problems' in reading ? problemLine('x.nomad', reading.problems[0]!) : undefined;
}

async function argsOf(...args: string[]): Promise<unknown> {
  const reading = await readJobFile(withConfig(`args = [${args.join(', ')}]`));
  return 'job' in reading ? reading.job.task_groups[0]?.tasks[0]?.config['args'] : reading.problems;
}

void t.test('parses every job file of a built-in template', async (t) => {
  for (const { jobFiles = {}, name } of BUILT_IN_TEMPLATES)
    for (const text of Object.values(jobFiles)) t.match(await readJobFile(text), { job: { job_id: name } });
});

void t.test("fills variables of a template's job file after parsing", async (t) => {
  const [postgresql] = BUILT_IN_TEMPLATES;
  const reading = await readJobFile(postgresql!.jobFiles!['postgresql.nomad']!);
  const hostile = '"\n}\n}\nprivileged = true ${x} {{DB_NAME}}';
  const { variables } = render(postgresql!, { DB_USER: hostile }, (count) => new Uint8Array(count));
  t.ok('job' in reading);
  if (!('job' in reading)) return;
  const plain = reading.job;
  t.strictSame(
    JSON.stringify(fillWith(plain, variables)),
    JSON.stringify(plain)
      .replaceAll('{{DB_USER}}', () => JSON.stringify(hostile).slice(1, -1))
      .replace(/\{\{DB_PASSWORD\}\}/, 'A'.repeat(24))
      .replace(/"\{\{DB_NAME\}\}"/, '"app"'),
  );
});

void t.test('keeps the order of groups, tasks and arguments', async (t) => {
  const task = (name: string): string =>
    `task "${name}" {\n driver = "exec"\n config {\n command = "/bin/x"\n }\n }`;
  const reading = await readJobFile(
    `job "x" {\n group "z" {\n ${task('b')}\n ${task('a')}\n }\n group "y" {\n ${task('c')}\n }\n}`,
  );
  t.strictSame(
    'job' in reading &&
      reading.job.task_groups.map(({ name, tasks }) => [name, ...tasks.map((each) => each.name)]),
    [
      ['z', 'b', 'a'],
      ['y', 'c'],
    ],
  );
});

/** Nomad changes some of these: HCL makes `1.1` of `1.10`. */
const NUMBERS = ['123456789012345678', '18446744073709551616', '1.10', '1.0', '1e400', '0.1000', '-0', '5'];

void t.test('keeps a number in a text field exactly as written', async (t) => {
  const env = (written: string): string =>
    withConfig().replace('driver =', () => `env {\n N = ${written}\n }\n driver =`);
  const json = (written: string): string =>
    `{"job": {"web": {"group": {"g": {"task": {"t": {"driver": "exec", "config": {"command": "x", "args": [${written}]}, "env": {"N": ${written}}}}}}}}}`;
  const api = (written: string): string =>
    `{"ID": "web", "TaskGroups": [{"Name": "g", "Tasks": [{"Name": "t", "Driver": "exec", "Config": {"command": "x", "args": [${written}]}, "Env": {"N": ${written}}}]}]}`;
  const taskOf = async (text: string): Promise<unknown> => {
    const reading = await readJobFile(text);
    return 'job' in reading ? reading.job.task_groups[0]?.tasks[0] : reading.problems;
  };
  for (const number of NUMBERS) {
    t.match(await taskOf(env(number)), { env: { N: number } }, `HCL: ${number}`);
    t.strictSame(await argsOf(number), [number], `HCL: ${number}`);
    for (const form of [json, api])
      t.match(
        await taskOf(form(number)),
        { env: { N: number }, config: { args: [number] } },
        `JSON: ${number}`,
      );
  }
  t.match(await taskOf(env('007')), { env: { N: '007' } });
  for (const written of ['0x1F', '1_000'])
    t.match(await problem(env(written)), /^x\.nomad:\d+:\d+: /, `${written} is not a number in HCL`);
  const constrained = withConfig().replace(
    'group "g" {',
    'group "g" {\n constraint {\n attribute = "${meta.release}"\n value = 5.10\n }',
  );
  t.match(await readJobFile(constrained), {
    job: { task_groups: [{ constraints: [{ attribute: 'release', value: '5.10' }] }] },
  });
});

void t.test('converts booleans in a text field, and texts in other fields, as Nomad does', async (t) => {
  t.strictSame(await argsOf('"-p"', '8080', 'true'), ['-p', '8080', 'true']);
  const counted = (count: string): string =>
    withConfig('  tty = "true"').replace('group "g" {', () => `group "g" {\n count = ${count}`);
  t.match(await readJobFile(counted('"2"')), {
    job: { task_groups: [{ count: 2, tasks: [{ config: { tty: true } }] }] },
  });
  for (const count of ['"two"', '"-1"', '"1.5"', '""', 'true', '1.5'])
    t.match(await problem(counted(count)), /count: must be a whole number$/, count);
  t.match(await problem(withConfig('  tty = "yes"')), /tty: must be true or false$/);
  t.match(await problem(withConfig('  args = [null]')), /args: must be a string$/);
});

void t.test('interprets string escapes as HCL does', async (t) => {
  t.strictSame(
    await argsOf(
      '"a\\tb\\"c"',
      '"\\u00e9"',
      '"$${HOME} %%{x} $x %y $"',
      '<<EOF\nline {\n  "two"\nEOF\n',
      '<<-EOF\n    in\n      deeper\n    EOF\n',
    ),
    ['a\tb"c', 'é', '${HOME} %{x} $x %y $', 'line {\n  "two"\n', 'in\n  deeper\n'],
  );
});

void t.test('reports rule violations with line and column', async (t) => {
  t.match(
    await problem('job "a" {\n  x = \n}\n'),
    'x.nomad:2:7: Invalid expression: Expected the start of an expression',
  );
  t.match(await problem('job "a" {'), /^x\.nomad:1:9: Unclosed configuration block/);
  t.match(await problem(withConfig('args = ["a\nb"]')), /^x\.nomad:7:11: Invalid multi-line string/);
  t.match(await problem(withConfig('x = <<EOF', 'never ends')), /^x\.nomad:\d+:\d+: Unterminated/);
  t.match(await problem(withConfig('x = "\\q"')), /^x\.nomad:7:6: Invalid escape sequence/);
  t.match(await problem('job "a" {}\n\n}'), /^x\.nomad:3:1: /);
  t.match(await problem('{"job": {\n  "a": {,}}}'), 'x.nomad:2:9: must be a name in quotes');
  t.match(await problem('{"job": {"a": 1}} x'), 'x.nomad:1:19: is not expected after the JSON value');
  t.match(await problem(''), 'x.nomad:1:1: the file contains no job');
});

void t.test('refuses expressions at their position, because nothing is evaluated', async (t) => {
  for (const value of [
    'var.x',
    '1 + 2',
    'file("/etc/passwd")',
    '(3)',
    '-var.x',
    '!true',
    'true ? 1 : 2',
    '[for x in y : x]',
    '{ (a) = 1 }',
    'upper("x")',
    'null.x',
    '"a" == "b"',
    '[1][0]',
  ])
    t.match(await problem(withConfig(`  x = ${value}`)), /^x\.nomad:7:\d+: .*expression/, value);
  t.equal(
    await problem(withConfig('  args = ["x ${NOMAD_PORT_http}"]')),
    'x.nomad:7:11: job.web.group.g.task.t.config.args: ${…} is not evaluated here',
  );
  t.match(
    await problem(withConfig('  args = ["${file("/etc/passwd")}"]')),
    /^x\.nomad:7:\d+: contains more than a name/,
  );
  t.match(await problem(withConfig('  args = ["${var.x}"]')), /not evaluated/);
  t.match(await problem(withConfig('  args = ["%{ if true }x%{ endif }"]')), /not evaluated/);
});

void t.test('refuses duplicate definitions, which hcl2json would drop', async (t) => {
  t.match(await problem(withConfig('  labels = { a = 1, a = 2 }')), /^x\.nomad:7:21: duplicate key a/);
  t.match(await problem('job "a" {}\njob = 1'), /^x\.nomad:2:1: job is already defined/);
  for (const [value, block] of [
    ['1', '{}'],
    ['["x"]', '{}'],
    ['["x"]', '"a" {}'],
    ['{}', '"a" {}'],
  ])
    t.match(await problem(`job = ${value}\njob ${block}`), /^x\.nomad:2:1: job is already defined/);
  t.match(await problem('job {}\njob "a" {}'), /^x\.nomad:2:1: job is used both with and without a label/);
  t.match(await problem(withConfig('  image = "b"')), /^x\.nomad:7:3: image is already defined/);
});

void t.test('treats names of Object.prototype properties like any other name', async (t) => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    t.match(await problem(withConfig(`  ${name} = "x"`)), `config.${name}: is not supported`);
    t.match(await problem(`{"job": {"a": {"${name}": {}, "group": {}}}}`), `job.a.${name}: is not supported`);
  }
});

void t.test('refuses deeply nested or large files early', async (t) => {
  const deep = (open: string, close: string, times: number): string =>
    withConfig(`x = ${open.repeat(times)}1${close.repeat(times)}`);
  for (const [open, close] of [
    ['[', ']'],
    ['(', ')'],
    ['{a=', '}'],
    ['"${', '}"'],
    ['!', ''],
    ['-', ''],
  ] as const)
    t.match(await problem(deep(open, close, 10_000)), /^x\.nomad:7:\d+: /, open);
  t.match(await problem('x {\n'.repeat(5_000)), /^x\.nomad:33:\d+: is nested more than 32 levels deep/);
  t.match(await problem(`{"a": ${'['.repeat(10_000)}`), /is nested more than 32 levels deep/);
  t.match(await problem('a'.repeat(65_537)), /has more than 65536 characters/);
  t.match(
    await problem(`job "x" {\n a = [${'1,'.repeat(5_001)}]\n}`),
    /^x\.nomad:2:\d+: the file has more than 5000 values/,
  );
});

void t.test(
  'parses any text or refuses it with a position inside the text',
  { timeout: 120_000 * PATIENCE },
  async (t) => {
    const parts = fc.constantFrom(
      'job "a" {',
      '}',
      '{',
      '\n',
      ' ',
      'x = ',
      '"',
      '${',
      '%{',
      '<<E\n',
      'E',
      '[',
      ']',
      ',',
      '1',
      '=',
      '#',
      '//',
      '/*',
      '*/',
      '\\',
      '"a"',
      'group "g" ',
      'é',
      '\0',
      '\r',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 30 }), async (found) => {
        const text = found.join('');
        const reading = await readJobFile(text);
        t.ok(
          'problems' in reading &&
            reading.problems.every(
              ({ place }) =>
                place.line >= 1 && place.line <= text.split('\n').length + 1 && place.column >= 1,
            ),
          JSON.stringify(text),
        );
      }),
      { numRuns: 300 },
    );
  },
);

void t.test('parses a hostile text within the size limit quickly', async (t) => {
  const many = (count: number, part: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => part(index)).join('');
  const hostile = {
    'many fields in one line of JSON': `{"job":{${many(5000, (index) => `"k${index}":1,`)}"end":1}}`,
    'many items in one line of JSON': `{"job":[${many(20_000, () => '1,')}1]}`,
    'many words in one line of HCL': `job "x" { args = [${many(10_000, () => '1,')}] }`,
    'many words in many lists of HCL': `job "x" {\n${many(300, (index) => `a${index} = [${'1,'.repeat(100)}]\n`)}}`,
    'many blocks of one name': many(13_000, () => 'a{}\n'),
    'many blocks with one label': many(10_000, () => 'a b{}\n'),
    'an unterminated text': `job "x" { ${many(20_000, () => 'a="')}`,
    'many lines in one text': `job "x" {\n a=<<E\n${many(30_000, () => 'x\n')}E\n}`,
    'many escapes in one text': `job "x" {\n a="${many(15_000, () => '$${')}"\n}`,
    'a long text in a block of one line': `job "x" { a=<<E\n${many(30_000, () => 'x\n')}E\n}`,
  };
  for (const [what, text] of Object.entries(hostile)) {
    const said = await takesLessThan(t, 1000, what, async () => await readJobFile(text.slice(0, 65_536)));
    t.match(said, { problems: [{ problem: /./ }] }, what);
  }
});

void t.test('does not keep the process alive', async (t) => {
  const module = new URL('../../../../src/features/job-files/index.js', import.meta.url).href;
  const script = `const { readJobFile } = await import(${JSON.stringify(module)}); console.log('job' in (await readJobFile(${JSON.stringify(withConfig())})));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    timeout: 60_000,
  });
  t.equal(stdout, 'true\n');
});
