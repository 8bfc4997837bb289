import t from 'tap';
import { excludedBy } from '#src/engine/event-store/server/exclusion.js';

void t.test('the one look-ahead that is taken is answered by its opposite', async (t) => {
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

void t.test('any other regex is taken as it is', async (t) => {
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
