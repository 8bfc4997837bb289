export const CONDA_DOCUMENT = {
  info: {
    title: 'Muster: conda',
    version: '1.0.0',
    description:
      'Sessions of browsers, accounts that administrators make, and conda environments. A session is a cookie, which every route but that of the login wants. Errors of these routes are `{"message": "…"}`, all others `{"success": false, "message": "…", "error": "…"}`. 401: there is no session; 403: the account may not do that, or the request comes from a page of another origin.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [
    { name: 'sessions', description: 'Logging in and out, and making accounts' },
    { name: 'environments', description: 'Environments of the tenant, and their packages' },
    { name: 'generations', description: 'What an environment was from each change on' },
    { name: 'builds', description: 'Changes that were asked for, and what became of them' },
    { name: 'tasks', description: 'Scripts that run in an environment' },
  ],
};
