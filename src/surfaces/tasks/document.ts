export const TASKS_DOCUMENT = {
  info: {
    title: 'Muster: tasks',
    version: '1.0.0',
    description:
      'Tasks that run on a schedule or on request, and their runs. Every JSON response, including errors, has the form `{success, data, message, timestamp}`; for errors, `data` is null. 401: missing or invalid credential. A request without `Authorization` to a path below `/api/tasks` is treated as a browser without a session and gets the 401 response of the conda surface. 403: insufficient permissions. 404: the object does not exist or belongs to a different tenant.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [
    { name: 'tasks', description: 'Tasks and schedules' },
    { name: 'runs', description: 'Runs and their results' },
    { name: 'notices', description: 'Notifications' },
    { name: 'secrets', description: "Named secret values that the tenant's tasks can use" },
    { name: 'workers', description: 'Workers that execute runs' },
    { name: 'system', description: 'Health of the server' },
    { name: 'quotas', description: 'Limits of tenants and accounts' },
  ],
};
