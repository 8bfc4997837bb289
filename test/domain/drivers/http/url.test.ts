import t from 'tap';
import { httpUrl } from '#domain/drivers/http/url.js';

const REFUSED =
  'must be http:// or https:// with a host, without user name, password, spaces, backslashes or control characters';

void t.test('a refused URL reports only its first problem', async (t) => {
  const problems = (text: string) =>
    (httpUrl.safeParse(text).error?.issues ?? []).map(({ message }) => message);
  for (const text of ['x', 'ftp://a', 'https://a b', 'https://me@a']) t.same(problems(text), [REFUSED], text);
  t.same(problems('http://['), ['is not a URL']);
  for (const text of ['https://example.com/hook?a=1', 'http://127.0.0.1:8080', 'https://đ.example/'])
    t.same(problems(text), [], text);
});
