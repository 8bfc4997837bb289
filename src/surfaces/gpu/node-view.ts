import type { z } from 'zod';
import { nodeIdOf } from '#domain/nodes/enrolment/index.js';
import { plainEndpoint } from '#domain/protocol/index.js';
import { seenDevices } from '#domain/nodes/devices.js';
import type { StoredDocument } from '#domain/kernel/ports/read-models.js';
import { heldOn, type AllocationDocument, allocations } from '#projections/jobs/allocations.js';
import { read, type ListItem } from '#src/http/index.js';
import type { nodeQuery, nodeView, PHASES } from './node-contract.js';
import type { GpuSurface } from './surface.js';
import { hosts, type HostDocument } from '#projections/nodes/hosts.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';

type NodeView = z.input<typeof nodeView>;

export interface SeenNode {
  readonly view: NodeView;
  readonly stale: boolean;
}

/** Nodes as accounts see them: a registered machine and its node. */
export class NodeViews {
  constructor(private readonly surface: GpuSurface) {}

  async get(nodeId: string): Promise<SeenNode | undefined> {
    const { readModels } = this.surface.parts;
    const [host, node] = await Promise.all([
      readModels.get(hosts.name, nodeId),
      readModels.get(nodes.name, nodeId),
    ]);
    return host === undefined && node === undefined ? undefined : await this.#see(host, node);
  }

  async *list({ phase, hostname, after, limit }: z.infer<typeof nodeQuery>): AsyncGenerator<ListItem> {
    const wanted = hostname === undefined ? undefined : nodeIdOf(hostname);
    let count = 0;
    for await (const { view, stale } of wanted === undefined ? this.#all(after) : this.#one(wanted)) {
      if (phase !== undefined && view.phase !== phase) continue;
      if (count === limit) return;
      count += 1;
      yield { json: JSON.stringify(view), stale };
    }
  }

  async *#one(nodeId: string): AsyncGenerator<SeenNode> {
    const seen = await this.get(nodeId);
    if (seen !== undefined && seen.view.hostname !== null) yield seen;
  }

  async *#all(after: string | undefined): AsyncGenerator<SeenNode> {
    const { readModels } = this.surface.parts;
    const behind = after === undefined ? {} : { after };
    const amongHosts = after === undefined || (await readModels.get(hosts.name, after)) !== undefined;
    if (amongHosts) {
      for await (const page of readModels.list(hosts.name, behind)) {
        for (const host of page) yield await this.#see(host, await readModels.get(nodes.name, host.id));
      }
    }
    for await (const page of readModels.list(nodes.name, amongHosts ? {} : behind)) {
      for (const node of page)
        if ((await readModels.get(hosts.name, node.id)) === undefined) yield await this.#see(undefined, node);
    }
  }

  async #see(
    storedHost: StoredDocument | undefined,
    storedNode: StoredDocument | undefined,
  ): Promise<SeenNode> {
    const host = storedHost && read<HostDocument>(storedHost);
    const node = storedNode && read<NodeDocument>(storedNode);
    const nodeId = host?.nodeId ?? node?.nodeId ?? '';
    const telemetry = node && this.surface.parts.nodeCommands.telemetry(nodeId);
    const devices = node && seenDevices(node.attributes);
    const held = node === undefined ? { used: 0, stale: false } : await this.#gpusUsed(nodeId);
    return {
      stale: (storedHost?.parked ?? false) || (storedNode?.parked ?? false) || held.stale,
      view: {
        id: nodeId,
        hostname: host?.hostname ?? null,
        phase: phaseOf(node),
        endpoint: typeof node?.endpoint === 'string' ? plainEndpoint(node.endpoint) : null,
        resources: node?.resources ?? {},
        gpus: {
          total: node?.resources['gpus'] ?? 0,
          used: held.used,
          ...(devices !== undefined && { devices: devices.map((each) => ({ ...each })) }),
        },
        attributes: node?.attributes ?? {},
        schedulable: node !== undefined && !node.down && node.healthy && !node.draining && node.eligible,
        last_heartbeat:
          node === undefined ? null : Math.max(node.lastHeartbeat, telemetry?.lastHeartbeat ?? 0) / 1000,
        created_at: (host?.enrolledAt ?? node?.registeredAt ?? 0) / 1000,
      },
    };
  }

  async #gpusUsed(nodeId: string): Promise<{ readonly used: number; readonly stale: boolean }> {
    let [used, stale] = [0, false];
    for await (const page of this.surface.parts.readModels.list(allocations.name, {
      where: { index: 'shown', value: heldOn(nodeId) },
    })) {
      for (const stored of page) {
        stale ||= stored.parked;
        const { released, gpuDevices } = read<AllocationDocument>(stored);
        if (released === null)
          used += Object.values(gpuDevices ?? {}).reduce((sum, devices) => sum + devices.length, 0);
      }
    }
    return { used, stale };
  }
}

function phaseOf(node: NodeDocument | undefined): (typeof PHASES)[number] {
  if (node === undefined) return 'Registered';
  return node.down ? 'Offline' : 'Online';
}
