import t from 'tap';
import { eventSentence } from '#domain/explain/index.js';
import type { EventType } from '#test/fixtures/muster-events.js';
import { log, type Given } from './support/log.js';

const sentence = (...given: Given<EventType>): string => log(given).map(eventSentence).join();

void t.test('an event about what work uses names it', async (t) => {
  for (const [type, data, expected] of [
    ['SecretSet', { name: 'db-password' }, 'secret db-password was set'],
    ['SecretRemoved', { name: 'db-password' }, 'secret db-password was removed'],
    [
      'RegistryCredentialSet',
      { host: 'registry.example' },
      'the credential of registry registry.example was set',
    ],
    [
      'RegistryCredentialRemoved',
      { host: 'registry.example' },
      'the credential of registry registry.example was removed',
    ],
    ['VolumeTaken', { name: 'data', serviceName: 'shop' }, 'volume data was assigned to service shop'],
    [
      'NodeRegistrationRefused',
      { nodeId: 'n', epoch: 1, address: 'http://b', holder: 'http://a' },
      'a second agent with the id of node n, at http://b, was refused: the node is the agent at http://a',
    ],
    ['VolumeLeft', { name: 'data' }, 'volume data is no longer in use'],
    ['VolumeDeleteAsked', { name: 'data' }, 'the deletion of volume data was requested'],
    ['VolumeDeleted', { name: 'data' }, 'volume data was deleted'],
    ['ServiceConfigured', { version: 2 }, 'version 2 of the service was configured'],
    ['TemplateCreated', { content: { name: 'web' } }, 'template web was created'],
    ['TemplateUpdated', { templateId: 'one', changes: { name: 'web' } }, 'template web was updated'],
    ['TemplateUpdated', { templateId: 'one', changes: {} }, 'template one was updated'],
    [
      'ZoneDataChanged',
      { version: '2026f' },
      'schedules in time zones are decided with the time zone database 2026f',
    ],
    [
      'ZoneDataChanged',
      { version: '2026f', before: '2026c', moved: { count: 0, tasks: [] } },
      'schedules in time zones are decided with the time zone database 2026f instead of 2026c, which moves no task',
    ],
    [
      'ZoneDataChanged',
      {
        version: '2026f',
        before: '2026c',
        moved: { count: 7, tasks: [{ taskId: 3, before: 0, at: null }] },
      },
      'schedules in time zones are decided with the time zone database 2026f instead of 2026c, which moves 7 tasks: 3 (1970-01-01T00:00:00.000Z becomes none) and 6 more',
    ],
    ['TemplateDeleted', { templateId: 'one' }, 'template one was deleted'],
  ] as const)
    t.equal(sentence(type, data), expected);
});
