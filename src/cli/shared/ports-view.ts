export function portsText(ports: readonly { readonly container: number; readonly host: number }[]): string {
  return ports.map(({ container, host }) => `${host}→${container}`).join(',');
}
