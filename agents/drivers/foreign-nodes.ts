const MAX_NAMED = 20;
const MAX_GPUS = 64;
/** A UUID as nvidia-smi prints it, or an index. */
const GPU_NAME = /^(GPU-[\w-]{1,64}|\d{1,4})$/;

/** Returns the GPUs of a list with commas, at most 64, without texts that no GPU has as its name. */
export function gpuNamesIn(list: string): readonly string[] {
  return list
    .split(',')
    .filter((name) => GPU_NAME.test(name))
    .slice(0, MAX_GPUS);
}

export interface HeldGpu {
  readonly gpu: string;
  readonly node: string;
}

/**
 * Returns held GPUs as the text of an attribute, each as `<UUID>=<node id>`, or '' if there are none. Leaves out GPUs that allocations of this node
 * have, too: if they were reported, these would be ended.
 */
export function heldGpusText(held: readonly HeldGpu[], ownGpus: ReadonlySet<string>): string {
  const foreign = held.filter(({ gpu }) => !ownGpus.has(gpu));
  return [...new Set(foreign.map(({ gpu, node }) => `${gpu}=${node}`))].sort().join(' ');
}

/** Returns ids of other nodes as the text of an attribute: sorted, at most 20, or '' if there are none. */
export function foreignNodesText(ids: Iterable<string>): string {
  const nodes = [...new Set(ids)].sort();
  const more = nodes.length - MAX_NAMED;
  return nodes.slice(0, MAX_NAMED).join(' ') + (more > 0 ? ` and ${more} more` : '');
}
