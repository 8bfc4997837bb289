const PROVEN = '#proven';

/** Returns the endpoint to record for an agent that expects a proof with each order. No registration can use it itself. */
export function provenEndpoint(endpoint: string): string {
  return `${endpoint}${PROVEN}`;
}

export function isProvenEndpoint(endpoint: string): boolean {
  return endpoint.endsWith(PROVEN);
}

export function plainEndpoint(endpoint: string): string {
  return isProvenEndpoint(endpoint) ? endpoint.slice(0, -PROVEN.length) : endpoint;
}
