import t from 'tap';
import { mutationsOf } from './operators.js';

/** Returns the module after each mutation of one kind. */
function broken(text: string, operator: string): string[] {
  return mutationsOf(text)
    .filter((mutation) => mutation.operator === operator)
    .map(({ start, end, replacement }) => text.slice(0, start) + replacement + text.slice(end));
}

void t.test('each operator makes the change of its name', async (t) => {
  const cases: readonly (readonly [operator: string, before: string, ...after: string[]])[] = [
    ['condition', 'if (a) b = 1;', 'if (!(a)) b = 1;'],
    ['condition', 'const b = a ? c : d;', 'const b = !(a) ? c : d;'],
    ['guard', 'if (a) b();', 'if (false) b();'],
    ['bound', 'x = a < b;', 'x = ((a) <= (b));'],
    ['bound', 'x = a >= b;', 'x = ((a) > (b));'],
    ['equality', 'x = a === b;', 'x = ((a) !== (b));'],
    ['logic', 'x = a && b;', 'x = ((a) || (b));'],
    ['default', 'x = a ?? b;', 'x = ((a) && (b));'],
    ['arithmetic', 'x = a + b;', 'x = ((a) - (b));'],
    ['arithmetic', 'x += b;', 'x -= b;'],
    ['arithmetic', 'x++;', 'x--;'],
    ['negation', 'x = !a;', 'x = !!a;'],
    ['method', 'x = a.some(b);', 'x = a.every(b);'],
    ['method', 'x = a.filter(b).map(c);', 'x = a.map(c);'],
    ['optional', 'x = a?.b;', 'x = a.b;'],
    ['boolean', 'x = true;', 'x = false;'],
    ['emptied', 'x = [a, b];', 'x = [];'],
    ['emptied', "function f() { return 'a'; }", "function f() { return ''; }"],
    ['one more', 'function f() { return a[1]; }', 'function f() { return a[2]; }'],
    ['removed', 'function f() { a(); b = 1; }', 'function f() { ; b = 1; }', 'function f() { a(); ; }'],
    ['returned', 'function f() { return a; }', 'function f() { return undefined; }'],
    ['returned', 'const f = () => a;', 'const f = () => undefined;'],
  ];
  for (const [operator, before, ...after] of cases)
    t.same(broken(before, operator), after, `${operator}: ${before}`);
});

void t.test('does not mutate logs, error texts, imports and concatenated text', async (t) => {
  for (const text of [
    "this.#log.warn({ a: true }, 'b');",
    "import a from 'a';",
    "throw new Error('a' + b);",
    'const x = "a" + b;',
    "export { a } from 'b';",
  ])
    t.same(mutationsOf(text), [], text);
});

void t.test('returns mutations in order of position, including nested ones', async (t) => {
  const found = mutationsOf('function f(a) { if (a < 1 && !a) return a; }');
  t.same(
    found.map(({ start }) => start),
    found.map(({ start }) => start).sort((one, other) => one - other),
  );
  t.same(found.map(({ operator }) => operator).sort(), [
    'bound',
    'condition',
    'guard',
    'logic',
    'negation',
    'one more',
    'returned',
  ]);
});
