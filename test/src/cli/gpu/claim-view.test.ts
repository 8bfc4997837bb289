import t from 'tap';
import type { Gpu } from '#src/cli/shared/client.js';
import { claimPage, claimTable } from '#src/cli/gpu/claim-view.js';

type Status = Gpu['GpuClaimStatus'];
type Kind = Gpu['GpuClaimEvent']['kind'];

/** These lists do not compile if they lack a value of the OpenAPI description. */
const PHASES = Object.keys({ Pending: 1, Running: 1, Succeeded: 1, Failed: 1, Released: 1 } satisfies Record<
  Status['phase'],
  1
>) as Status['phase'][];
const REASONS = Object.keys({
  '': 1,
  NoNodeOnline: 1,
  NoSuitableNode: 1,
  ExceedsClusterMax: 1,
  WaitingForGpu: 1,
  WaitingForResources: 1,
  PendingEvaluation: 1,
  ImagePullFailed: 1,
  ContainerExited: 1,
  NodeLost: 1,
  NodeDrained: 1,
  GpuLost: 1,
  ContainerCreating: 1,
  StartFailed: 1,
} satisfies Record<Status['reason'], 1>) as Status['reason'][];
const KINDS = Object.keys({
  claimed: 1,
  queued: 1,
  waiting: 1,
  placed: 1,
  started: 1,
  exited: 1,
  moving: 1,
  gone: 1,
  stopping: 1,
  released: 1,
  ended: 1,
} satisfies Record<Kind, 1>) as Kind[];

const claim = (status: Partial<Status>): Gpu['GpuClaim'] => ({
  id: 'claim-1',
  user_id: 7,
  spec: { image: 'nvidia/cuda', resources: { gpuCount: 2 } },
  status: { phase: 'Pending', nodeName: '', containerID: '', reason: '', ...status },
  created_at: '2026-11-20T14:00:00.000Z',
  updated_at: '2026-11-20T14:00:00.000Z',
});

await t.test('shows every phase and reason of a claim in the table and on its page', async (t) => {
  for (const phase of PHASES) {
    for (const reason of REASONS) {
      t.match(
        claimTable([claim({ phase, reason })])[1],
        new RegExp(`^claim-1 +${phase} +${reason === '' ? '-' : reason} +2 +nvidia/cuda +- `),
      );
      t.match(
        claimPage(claim({ phase, reason }), []).join('\n'),
        new RegExp(`Status +${phase}\nReason +${reason === '' ? '-' : reason}\n`),
      );
    }
  }
});

await t.test("shows the addresses of a claim's ports on its page, if it has any", async (t) => {
  t.notMatch(claimPage(claim({}), []).join('\n'), /Ports/);
  t.match(claimPage(claim({ endpoints: [] }), []).join('\n'), /\nPorts +-\n/);
  const endpoints = [
    { port: 8888, address: '10.0.0.5:21034' },
    { port: 6006, address: '10.0.0.5:21035' },
  ];
  t.match(
    claimPage(claim({ endpoints }), []).join('\n'),
    /\nPorts +8888 at 10\.0\.0\.5:21034, 6006 at 10\.0\.0\.5:21035\n/,
  );
});

await t.test('lists every decision about a claim on its page', async (t) => {
  const lines = claimPage(
    claim({ nodeName: 'gpu-1' }),
    KINDS.map((kind) => ({ id: kind, time: '2026-11-20T14:00:00.000Z', kind, message: `It was ${kind}.` })),
  );
  for (const kind of KINDS)
    t.ok(
      lines.some((line) => line.includes(` ${kind} `) && line.endsWith(`It was ${kind}.`)),
      kind,
    );
});
