import t from 'tap';
import { sealedText, subjectOf, tenantSubject, userSubject } from '#domain/kernel/sealing/index.js';

const noise = 'A_-9'.repeat(10).slice(0, 38);

void t.test('a sealed text contains the subject whose key opens it', (t) => {
  for (const subject of ['cluster', userSubject('0b8f'), tenantSubject('a tenant: "ü"'), 'a'.repeat(100)]) {
    const text = `sealed:1:${subject}:${noise}`;
    t.equal(subjectOf(text), subject);
    t.ok(sealedText.safeParse(text).success, subject);
  }
  t.end();
});

void t.test('any other text is not treated as sealed', (t) => {
  const others = [
    '',
    'secret',
    `sealed:2:cluster:${noise}`,
    `sealed:1::${noise}`,
    `sealed:1:.cluster:${noise}`,
    `sealed:1:Cluster:${noise}`,
    `sealed:1:${'a'.repeat(101)}:${noise}`,
  ];
  const spoilt = [
    `sealed:1:cluster:${noise.slice(1)}`,
    `sealed:1:cluster:${noise}=`,
    ` sealed:1:cluster:${noise}`,
    `sealed:1:cluster:${noise}\n`,
    `x\nsealed:1:cluster:${noise}`,
  ];
  for (const text of [...others, ...spoilt]) {
    t.equal(subjectOf(text), undefined, JSON.stringify(text));
    t.notOk(sealedText.safeParse(text).success, JSON.stringify(text));
  }
  t.notOk(sealedText.safeParse(`sealed:1:cluster:${'A'.repeat(400_000)}`).success, 'the text is too long');
  t.end();
});

void t.test(
  'each tenant has a constant subject, which differs from those of other tenants and of users',
  (t) => {
    t.equal(tenantSubject('a'), tenantSubject('a'));
    t.not(tenantSubject('a'), tenantSubject('A'));
    t.not(tenantSubject('a'), userSubject('a'));
    t.equal(userSubject('a'), 'user.a');
    t.end();
  },
);
