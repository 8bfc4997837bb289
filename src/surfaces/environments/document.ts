export const CONDA_DOCUMENT = {
  info: {
    title: 'Muster: conda',
    version: '1.0.0',
    description:
      'Browser sessions, accounts created by administrators, and conda environments. All routes except the login require the session cookie; routes below `/api/conda` also accept a bearer token. Errors of `/login`, `/logout` and `/create_user` have the form `{"message": "…"}`, all other errors `{"success": false, "message": "…", "error": "…"}`. 401: there is no session; 403: insufficient permissions, or the request comes from a page of a different origin.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:8080', description: 'A server on this machine' }],
  tags: [
    { name: 'sessions', description: 'Login, logout and creation of accounts' },
    { name: 'environments', description: 'Environments of the tenant, and their packages' },
    { name: 'generations', description: 'Versions of an environment, one for each change' },
    { name: 'builds', description: 'Requested changes and their results' },
    { name: 'tasks', description: 'Scripts that run in an environment' },
  ],
};
