export const AGENT_INFO = {
  info: {
    title: 'Muster: node agent',
    version: '1.0.0',
    description:
      'The API that servers use to call the agent on a node. Every error has the form `{"error": "…"}`.',
    license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
  },
  servers: [{ url: 'http://127.0.0.1:9000', description: 'An agent on this machine' }],
  tags: [{ name: 'allocations', description: 'Allocations on the node' }],
  components: {
    securitySchemes: {
      // Not `http`, because some generators accept only registered schemes there.
      orderProof: {
        type: 'apiKey' as const,
        in: 'header' as const,
        name: 'Authorization',
        description:
          'A proof that the server knows the secret of the node, valid for one request: `Authorization: Muster-Server key=…, challenge=…, id=…, body=…, mac=…` (docs/flows/identity.md). The challenge is in `X-Muster-Challenge` of each response, such as the response 428 to `Muster-Server key=…`. Required if the agent has a join token (`MUSTER_JOIN_TOKEN`). Third-party agents get a Bearer token instead',
      },
    },
  },
};
