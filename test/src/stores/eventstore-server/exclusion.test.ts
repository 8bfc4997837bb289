import t from 'tap';
import { excludedBy } from '#src/stores/eventstore-server/exclusion.js';

void t.test('converts the one supported look-ahead to the pattern that it excludes', async (t) => {
  for (const [regex, excluded] of [
    ['^(?!\\$)', '^(?:\\$)'],
    ['^(?!\\$).*', '^(?:\\$)'],
    ['^(?!\\$).*$', '^(?:\\$)'],
    ['^(?!a|b)', '^(?:a|b)'],
    ['^(?!(a)(b))', '^(?:(a)(b))'],
    ['^(?!a\\)b)', '^(?:a\\)b)'],
    ['^(?!a\\(b)', '^(?:a\\(b)'],
    ['^(?![)]a)', '^(?:[)]a)'],
    ['^(?![(]a)', '^(?:[(]a)'],
    ['^(?![\\])]a)', '^(?:[\\])]a)'],
    ['^(?!)', '^(?:)'],
  ] as const)
    t.equal(excludedBy(regex), excluded, regex);
});

void t.test('does not convert any other regex', async (t) => {
  for (const regex of [
    '',
    'a',
    '^a',
    '(?!a)',
    '^(?=a)',
    'x^(?!a)',
    '^(?!a)b',
    '^(?!a).+',
    '^(?!a)$',
    '^(?!a',
    '^(?!(a)',
    '^(?![)',
    '^(?!a\\)',
  ])
    t.equal(excludedBy(regex), undefined, regex);
});
