import type { Test } from 'tap';
import { chmod } from 'node:fs/promises';
import type { BuildResult } from '#domain/drivers/conda/index.js';
import { buildResult } from '#domain/drivers/conda/index.js';
import type { AllocationOrder, AllocationReport } from '#domain/protocol/index.js';
import { condaTools } from '../../../fixtures/conda/tools.js';
import { makeChannel, type MadeChannel, type MadePackage } from '../../../fixtures/conda/channel.js';
import { required } from '../../../fixtures/requirement.js';
import { until } from '../../support/peer-server.js';
import { call, order, startPair, type TestOptions } from '../../support/agent.js';

/** No other agent uses these uids for tenants. */
export const UIDS = { first: 330_000, last: 339_999 };
/** Proxy and CA with which this machine reaches the Python index. */
export const TO_INDEX = Object.fromEntries(
  [
    'SSL_CERT_FILE',
    'PIP_CERT',
    'HTTPS_PROXY',
    'HTTP_PROXY',
    'NO_PROXY',
    'https_proxy',
    'http_proxy',
    'no_proxy',
    'REQUESTS_CA_BUNDLE',
    'PIP_INDEX_URL',
    'UV_DEFAULT_INDEX',
  ].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] ?? '']])),
);
/** Host of the index's files, which some test machines reach at an address outside the Internet. */
export const INDEX_FILES = 'files.pythonhosted.org';
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

export function condaOrder(config: object, rest: object = {}): AllocationOrder {
  const { task_group, ...given } = order({});
  return {
    ...given,
    task_group: { ...task_group, tasks: [{ name: 'main', driver: 'conda', config, ...rest }] },
  };
}

export interface Built {
  readonly report: AllocationReport;
  readonly result: BuildResult;
  readonly log: string;
}

/** An agent with the back end `rattler`, and a channel. Undefined if this machine lacks the tools; the test is skipped then. */
export async function rattlerScene(
  t: Test,
  packages: readonly MadePackage[],
  options: Partial<TestOptions> = {},
) {
  const tools = await condaTools();
  if (
    !required(t, typeof tools !== 'string', typeof tools === 'string' ? tools : 'py-rattler') ||
    typeof tools === 'string'
  )
    return undefined;
  const channel = await makeChannel(t, tools.bin, packages);
  const scene = await condaScene(t, [channel.url], {
    ...options,
    conda: {
      searched: `${tools.bin}:${SYSTEM_PATH}`,
      channels: [channel.url, channel.fileUrl],
      environment: TO_INDEX,
      ...options.conda,
    },
  });
  return { ...scene, channel, bin: tools.bin };
}

export async function condaScene(t: Test, channels: readonly string[], options: Partial<TestOptions>) {
  const pair = await startPair(t, { taskUids: UIDS, httpAllow: INDEX_FILES, ...options });
  await chmod(pair.dataDir, 0o711);
  const { peer, agent } = pair;
  const logOf = async (id: string): Promise<string> =>
    (await call<string>('GET', `${agent.url}/allocations/${id}/logs`)).body;
  const build = async (
    config: object,
    status: 'complete' | 'failed' | 'either' = 'complete',
  ): Promise<Built> => {
    const subject = condaOrder({ action: 'build', specs: [], pip: [], channels, tenant: 'one', ...config });
    peer.want(subject);
    await until(
      () => ['complete', 'failed'].includes(peer.reports.get(subject.allocation_id)?.status ?? ''),
      undefined,
      120,
    );
    const report = await peer.reported(subject.allocation_id, 'complete', 'failed');
    const log = await logOf(subject.allocation_id);
    const task = report.tasks['main'];
    if (status !== 'either' && report.status !== status)
      throw new Error(
        `the build is ${report.status}: ${task?.message ?? ''}\n${log}\n${JSON.stringify(task)}`,
      );
    return { report, result: buildResult.parse(task?.result), log };
  };
  return { ...pair, build, logOf };
}

export type { MadeChannel };
