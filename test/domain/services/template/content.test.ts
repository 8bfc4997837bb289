import t from 'tap';
import {
  BUILT_IN_TEMPLATES,
  serviceTemplateContent,
  templateIdOf,
  templateOfJobFile,
  type ServiceTemplateContent,
} from '#domain/services/template/index.js';

const web: ServiceTemplateContent = {
  name: 'web',
  type: 'web',
  description: '',
  icon: '',
  category: '',
  tags: [],
  isPublic: true,
  config: { image: 'nginx:1', environment: { HOST: '{{HOST}}' } },
  variables: [{ name: 'HOST', type: 'string', description: '' }],
};

/** Returns the first problem of a template with these changes, if any. */
function problem(changes: Readonly<Record<string, unknown>>): string | undefined {
  const issue = serviceTemplateContent.safeParse({ ...web, ...changes }).error?.issues[0];
  return issue && `${issue.path.join('.')}: ${issue.message}`;
}
const withVariable = (variable: Readonly<Record<string, unknown>>): string | undefined =>
  problem({ variables: [{ name: 'HOST', type: 'string', description: '', ...variable }] });

void t.test('every built-in template is valid and complete', async (t) => {
  for (const each of BUILT_IN_TEMPLATES) t.strictSame(serviceTemplateContent.parse(each), each);
  t.strictSame(
    BUILT_IN_TEMPLATES.map(({ name }) => name),
    ['postgresql', 'mysql', 'redis', 'mongodb', 'nginx', 'rabbitmq', 'minio', 'grafana'],
  );
  for (const { config, variables, connection, name } of BUILT_IN_TEMPLATES)
    t.ok('health' in config && 'volumes' in config && variables.length > 0 && connection !== undefined, name);
});

void t.test('secrets of built-in templates are used only in the environment of a service', async (t) => {
  for (const { name, config, variables } of BUILT_IN_TEMPLATES)
    for (const secret of variables.filter((each) => each.secret)) {
      const { environment: _sealed, ...open } = config;
      t.notMatch(JSON.stringify(open), `{{${secret.name}}}`, `${name} ${secret.name}`);
    }
});

void t.test('a placeholder for an undefined variable is refused anywhere in a template', async (t) => {
  t.equal(problem({}), undefined);
  t.equal(problem({ config: { args: ['{{PORT}}'] } }), 'config: {{PORT}} is not a variable of the template');
  t.equal(
    problem({ connection: 'http://{{HOST}}@{{ENDPOINT}}/{{PATH}}' }),
    'connection: {{PATH}} is not a variable of the template',
  );
  t.equal(
    problem({ config: { image: '{{ENDPOINT}}' } }),
    'config: {{ENDPOINT}} is not a variable of the template',
  );
  t.equal(
    problem({ jobFiles: { 'web.nomad': '{{PORT}}' } }),
    'jobFiles.web.nomad: {{PORT}} is not a variable of the template',
  );
  t.match(problem({ config: { environment: { '{{HOST}}': 'x' } } }), /not allowed in a field name/);
});

void t.test('the definition of a variable is validated', async (t) => {
  for (const right of [
    { default: 'x' },
    { generate: 'hex', secret: true },
    { required: true },
    { required: false },
    { type: 'int', default: 5 },
    { type: 'bool', default: false },
  ])
    t.equal(withVariable(right), undefined, JSON.stringify(right));
  const wrong: readonly [object, RegExp][] = [
    [{ name: 'ENDPOINT' }, /reserved for the address/],
    [{ name: 'host' }, /must match/],
    [{ type: 'int', default: 'x' }, /must be an integer/],
    [{ type: 'int', generate: 'hex' }, /only allowed for strings/],
    [{ generate: 'hex', default: 'x' }, /has a default/],
    [{ secret: true, default: 'x' }, /everyone can read/],
    [{ required: true, default: 'x' }, /has a default/],
    [{ type: 'bool', required: false }, /only a string/],
    [{ default: 'a\0b' }, /NUL/],
  ];
  for (const [variable, said] of wrong)
    t.match(withVariable(variable as Record<string, unknown>), said, JSON.stringify(variable));
  t.match(problem({ variables: [...web.variables, ...web.variables] }), /duplicate variable/);
});

void t.test('job files are named after their template', async (t) => {
  t.equal(problem({ jobFiles: { 'web.nomad.hcl': 'job' } }), undefined);
  t.match(problem({ jobFiles: { 'other.nomad': 'job' } }), /must begin with web\./);
  t.match(problem({ jobFiles: { 'web.../x': 'job' } }), /web\.\.\.\/x/);
  t.equal(templateOfJobFile('postgresql.nomad'), 'postgresql');
  for (const text of ['postgresql', 'job "x" {}', 'a.b\n', '{"Job": {}}', '.nomad'])
    t.equal(templateOfJobFile(text), undefined, text);
});

void t.test('the size of a template is limited', async (t) => {
  t.match(problem({ config: { args: ['x'.repeat(70_000)] } }), /at most/);
  t.match(
    problem({
      jobFiles: Object.fromEntries(
        Array.from({ length: 4 }, (_, each) => [`web.n${each}`, 'x'.repeat(60_000)]),
      ),
    }),
    /at most 200000/,
  );
});

void t.test('the id of a template is derived from its name', async (t) => {
  t.equal(templateIdOf('postgresql'), templateIdOf('postgresql'));
  t.not(templateIdOf('postgresql'), templateIdOf('mysql'));
  t.match(
    templateIdOf('postgresql'),
    /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});
