export const TASKS_DOCUMENT = {
  info: {
    title: 'Muster: tasks',
    version: '1.0.0',
    description:
      'Tasks that run by a schedule or when they are told to, and their runs. Every JSON answer is `{success, data, message, timestamp}`, errors too: there `data` is null. 401: nothing or nothing valid was sent; what comes without `Authorization` to a path below `/api/tasks` is taken for a browser without a session, and gets the 401 of the conda document. 403: the account may not do that; what belongs to another tenant is 404.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [
    { name: 'tasks', description: 'What runs, and when' },
    { name: 'runs', description: 'What ran, and how it ended' },
    { name: 'notices', description: 'Who was told what' },
    { name: 'secrets', description: 'Named values of the tenant that tasks refer to' },
    { name: 'workers', description: 'What runs are carried out by' },
    { name: 'system', description: 'How the server is' },
    { name: 'quotas', description: 'How much a tenant or an account may have' },
  ],
};
