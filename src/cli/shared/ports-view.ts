/** Host ports with their container ports: `20017→80,20018→443`. */
export function portsText(ports: readonly { readonly container: number; readonly host: number }[]): string {
  return ports.map(({ container, host }) => `${host}→${container}`).join(',');
}
