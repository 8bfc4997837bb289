/** Ports of a node with the ports of containers that are reached there: `20017→80,20018→443`. */
export function portsText(ports: readonly { readonly container: number; readonly host: number }[]): string {
  return ports.map(({ container, host }) => `${host}→${container}`).join(',');
}
