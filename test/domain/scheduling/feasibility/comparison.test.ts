import t from 'tap';
import { compare, compareByCodePoint, equal, numberIn } from '#domain/scheduling/feasibility/comparison.js';

void t.test('a prefix sorts before the longer text, and equal texts compare as equal', async (t) => {
  t.equal(compareByCodePoint('', ''), 0);
  t.equal(compareByCodePoint('abc', 'abc'), 0);
  t.equal(compareByCodePoint('ab', 'abcd'), -2);
  t.equal(compareByCodePoint('abcd', 'ab'), 2);
});

void t.test('the first differing character decides, at any position', async (t) => {
  t.equal(compareByCodePoint('a', 'c'), -2);
  t.equal(compareByCodePoint('xxb', 'xxa'), 1);
  t.equal(compareByCodePoint('bz', 'ay'), 1);
  t.equal(compareByCodePoint('\u{1F600}', '\uFFFF'), 0x1f600 - 0xffff);
  t.equal(compareByCodePoint('a\u{1F601}', 'a\u{1F600}'), 1);
});

void t.test('numbers are compared as numbers, and everything else as text', async (t) => {
  t.ok(compare('10', '9') > 0);
  t.ok(compare('10', '9x') < 0);
  t.ok(compare('x10', '9') > 0);
  t.equal(compare('1.0', '1'), 0);
  t.ok(compare('-2', '1') < 0);
});

void t.test('texts are equal if they are the same or denote the same number', async (t) => {
  t.ok(equal('a', 'a'));
  t.ok(equal('', ''));
  t.ok(equal('1.50', '15e-1'));
  t.notOk(equal('a', 'b'));
  t.notOk(equal('1', '2'));
  t.notOk(equal('1', 'a'));
  t.notOk(equal('a', '1'));
});

void t.test('a text of more than 64 characters is not a number', async (t) => {
  t.equal(numberIn('1'.padStart(64, '0')), 1);
  t.equal(numberIn('1'.padStart(65, '0')), undefined);
});
