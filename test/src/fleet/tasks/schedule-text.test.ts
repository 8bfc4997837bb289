import t from 'tap';
import { scheduleText } from '#src/fleet/tasks/index.js';

void t.test('a sentence joins the day fields as the slots do', async (t) => {
  for (const [pattern, dayMatch, text] of [
    ['0 0 */2 * 1', undefined, 'At 00:00, every 2 days in a month, only on Monday'],
    ['0 0 */2 * 1', 'or', 'At 00:00, every 2 days in a month, or on Monday'],
    ['0 3 1-7 * 0', undefined, 'At 03:00, between day 1 and 7 of the month, or on Sunday'],
    ['0 3 1-7 * 0', 'and', 'At 03:00, between day 1 and 7 of the month, only on Sunday'],
    ['0 0 13 * 5', undefined, 'At 00:00, on day 13 of the month, or on Friday'],
    ['0 0 1 * 1-5', undefined, 'At 00:00, on day 1 of the month, or Monday through Friday'],
    ['0 0 1 * 1#2', 'or', 'At 00:00, on day 1 of the month, or on the second Monday of the month'],
    ['0 0 1 6 1', 'or', 'At 00:00, on day 1 of the month, or on Monday, only in June'],
    ['0 0 1 * */2', 'or', 'At 00:00, on day 1 of the month, or every 2 days of the week'],
    ['0 0 1 * */2', undefined, 'At 00:00, on day 1 of the month, only every 2 days of the week'],
    ['0 0 1 * +1', 'or', 'At 00:00, on day 1 of the month, only on Monday'],
    ['0 0 * * 1', 'or', 'At 00:00, only on Monday'],
    ['0 0 1 * *', 'and', 'At 00:00, on day 1 of the month'],
    ['0 0 ? * 1', 'or', 'At 00:00, only on Monday'],
  ] as const)
    t.equal(scheduleText({ pattern, ...(dayMatch !== undefined && { dayMatch }) }), text, pattern);
});

void t.test('a step that does not divide its hour or day is described by its times', async (t) => {
  t.equal(scheduleText({ pattern: '*/40 * * * *' }), 'At 0 and 40 minutes past the hour');
  t.equal(scheduleText({ pattern: '*/20 * * * *' }), 'Every 20 minutes');
  t.equal(scheduleText({ pattern: '0 */6 * * *' }), 'On the hour, every 6 hours');
  t.notMatch(scheduleText({ pattern: '0 */5 * * *' }) ?? '', /every/i);
  t.equal(scheduleText({ pattern: '@daily' }), 'At 00:00');
  t.equal(scheduleText({}), null);
});
