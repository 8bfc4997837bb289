import t from 'tap';
import {
  exceededBound,
  placesOfAccounts,
  placesOfSelfRegistered,
  type Occupant,
} from '#domain/kernel/fair-share.js';

const account = (name: string | undefined, selfRegistered = false): Occupant => ({
  account: name,
  selfRegistered,
});
const BOUNDS = { all: 8, perAccount: 2 };

void t.test('an account has its own bound', async (t) => {
  const one = account('one');
  t.equal(exceededBound(one, [one], BOUNDS), undefined);
  t.equal(exceededBound(one, [one, account('two'), one], BOUNDS), 'account');
  t.equal(exceededBound(account('two'), [one, one], BOUNDS), undefined);
  const unknown = account(undefined);
  t.equal(
    exceededBound(unknown, [unknown, unknown, unknown], BOUNDS),
    undefined,
    'accounts that are not known',
  );
});

void t.test('self-registered accounts together have a quarter, and at least one place', async (t) => {
  const present = ['a', 'b'].map((name) => account(name, true));
  t.equal(exceededBound(account('c', true), present, BOUNDS), 'selfRegistered');
  t.equal(exceededBound(account('c'), present, BOUNDS), undefined);
  t.same([1, 3, 4, 64].map(placesOfSelfRegistered), [1, 1, 1, 16]);
});

void t.test('a quarter is for operators', async (t) => {
  const present = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => account(name));
  t.equal(exceededBound(account('g'), present, BOUNDS), 'all');
  t.equal(exceededBound(account(undefined), present, BOUNDS), 'all');
  t.equal(exceededBound('operator', present, BOUNDS), undefined);
  t.equal(exceededBound('operator', [...present, 'operator', 'operator'], BOUNDS), 'all');
  t.equal(exceededBound(account('a'), Array<Occupant>(8).fill('operator'), BOUNDS), 'all');
  t.same([4, 8, 64].map(placesOfAccounts), [3, 6, 48]);
});
