export const TASKS_DOCUMENT = {
  info: {
    title: 'Muster: tasks',
    version: '1.0.0',
    description:
      'Tasks that run by a schedule or on request, and their runs. Every JSON response, including errors, is `{success, data, message, timestamp}`; for errors `data` is null. 401: missing or invalid credential. A request without `Authorization` to a path below `/api/tasks` counts as a browser without a session and gets the 401 of the conda surface. 403: the account may not do that. Objects of other tenants are 404.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [
    { name: 'tasks', description: 'Tasks and schedules' },
    { name: 'runs', description: 'Runs and their results' },
    { name: 'notices', description: 'Notifications' },
    { name: 'secrets', description: 'Named values of the tenant for its tasks' },
    { name: 'workers', description: 'Workers that execute runs' },
    { name: 'system', description: 'Health of the server' },
    { name: 'quotas', description: 'Limits of tenants and accounts' },
  ],
};
