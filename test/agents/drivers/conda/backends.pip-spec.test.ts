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
  for (const spec of ['six 1.15|1.16', 'six>=*']) t.throws(() => pipOf(spec), /cannot be translated/, spec);
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
  ] as const)
    t.equal(pythonFits(spec, '3.11.2'), fits, spec);
  t.throws(() => pythonFits('python>=x', '3.11.2'), /cannot be translated/);
});
