import t from 'tap';
import { pipOf, pythonFits } from '#agents/drivers/conda/backends/pip-spec.js';

void t.test("reads conda's versions as conda does", async (t) => {
  for (const [spec, wanted] of [
    ['six', 'six'],
    ['six=*', 'six'],
    ['six==*', 'six'],
    ['six *', 'six'],
    ['six=1.16', 'six==1.16.*'],
    ['six=1.16.*', 'six==1.16.*'],
    ['six 1.16', 'six==1.16'],
    ['six==1.16', 'six==1.16'],
    ['six >= 1.16, < 2', 'six>=1.16,<2'],
    ['six >=1.16,<2 py311*', 'six>=1.16,<2'],
    ['six!=1.15.*', 'six!=1.15.*'],
    ['foo 1.0 py311*', 'foo==1.0'],
    ['foo=1.0=py311h0', 'foo==1.0.*'],
    ['foo==1.0=py311h0', 'foo==1.0'],
    ['importlib_metadata>=7', 'importlib_metadata>=7'],
  ] as const)
    t.equal(pipOf(spec), wanted, spec);
  t.throws(() => pipOf('six>=*'), /cannot be translated/);
  t.throws(
    () => pipOf('six 1.15|1.16'),
    /cannot be translated to a pip requirement: pip has no alternatives/,
  );
});

void t.test('compares a Python release with what a spec asks for', async (t) => {
  for (const [spec, fits] of [
    ['python', true],
    ['python=*', true],
    ['python==*', true],
    ['python *', true],
    ['python=3.11', true],
    ['python=3.1', false],
    ['python 3.11.* *_cpython', true],
    ['python>=3.11.2rc1', true],
    ['python>=3.11.3rc1', false],
    ['python>3.11.2rc1', true],
    ['python<3.11.2rc1', false],
    ['python==3.11.2rc1', false],
    ['python<=3.11.2.dev0', false],
    ['python!=3.11.2rc1', true],
    ['python~=3.9', true],
    ['python>=3.12', false],
    // As py-rattler 0.28 matches them.
    ['python 3.10.*|3.11.*', true],
    ['python=3.10.*|3.11.*', true],
    ['python=3.10|=3.11', true],
    ['python=3.10|3.11', false],
    ['python>=3.12,<4|3.11.2', true],
    ['python 3.11.2|3.10', true],
    ['python 3.10 | 3.11.* *_cpython', true],
    ['python 3.10.*|3.12.*', false],
    ['python>=3.8,<3.9|>=3.12', false],
  ] as const)
    t.equal(pythonFits(spec, '3.11.2'), fits, spec);
  for (const spec of [
    'python>=x',
    'python 3.11.*|>=x',
    'python<3,>=x',
    'python 3.10.*|',
    'python |3.11',
    'python (>=3.10)|3.12',
  ])
    t.throws(() => pythonFits(spec, '3.11.2'), /cannot be translated/, spec);
});
