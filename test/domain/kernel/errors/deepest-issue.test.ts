import t from 'tap';
import { z } from 'zod';
import { deepestIssue, issueProblem } from '#domain/kernel/errors/index.js';

function told(schema: z.ZodType, value: unknown): readonly [path: string, message: string] | undefined {
  const issue = deepestIssue(schema.safeParse(value).error?.issues[0]);
  return issue === undefined ? undefined : [issue.path.join('.'), issueProblem(issue)];
}

const cat = z.strictObject({ kind: z.string(), lives: z.number().max(9, 'has nine lives') });
const house = z.strictObject({
  address: z.strictObject({ street: z.string().min(3, 'is a street') }),
  rooms: z.number(),
});

void t.test('accepted values have no issue, and an issue outside a union is reported unchanged', (t) => {
  t.equal(told(cat, { kind: 'tabby', lives: 9 }), undefined);
  t.same(told(z.strictObject({ cat }), { cat: { kind: 'tabby', lives: 10 } }), [
    'cat.lives',
    'has nine lives',
  ]);
  t.equal(deepestIssue(undefined), undefined);
  t.end();
});

void t.test('a union reports the problem of the member that matched furthest, with the full path', (t) => {
  const either = z.strictObject({ of: z.union([z.number(), house, z.strictObject({ rooms: z.number() })]) });
  t.same(told(either, { of: { address: { street: 'a' }, rooms: 1 } }), ['of.address.street', 'is a street']);
  const nested = z.strictObject({
    at: z.union([z.string(), z.strictObject({ in: z.union([z.number(), cat]) })]),
  });
  t.same(told(nested, { at: { in: { kind: 'tabby', lives: 10 } } }), ['at.in.lives', 'has nine lives']);
  t.end();
});

void t.test('if no union member matches the type of the value, each accepted type is listed once', (t) => {
  const value = z.strictObject({ value: z.union([z.string(), z.number(), z.string().array()]) });
  t.same(told(value, { value: null }), ['value', 'must be a text or a number or a list']);
  t.same(told(z.strictObject({ value: z.union([z.string(), z.string().max(3)]) }), { value: 1 }), [
    'value',
    'must be a text',
  ]);
  t.end();
});

void t.test('a union member whose issue is not a wrong type takes precedence', (t) => {
  const value = z.strictObject({ value: z.union([z.string().regex(/^a/, 'begins with a'), z.number()]) });
  t.same(told(value, { value: 'b' }), ['value', 'begins with a']);
  t.end();
});

void t.test('the first of several issues other than a wrong type is reported', (t) => {
  const value = z.strictObject({ value: z.union([z.literal('x'), z.number()]) });
  t.same(told(value, { value: true }), ['value', 'must be x']);
  t.end();
});
