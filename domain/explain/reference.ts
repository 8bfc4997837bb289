/** Something that caused an event, or that the event refers to. */
export type Reference =
  | { readonly kind: 'command'; readonly id: string }
  | { readonly kind: 'event'; readonly id: string }
  | { readonly kind: 'event'; readonly stream: string; readonly revision: number }
  | { readonly kind: 'allocation'; readonly id: string }
  | { readonly kind: 'job'; readonly id: string; readonly version: number }
  | { readonly kind: 'evaluation'; readonly id: string }
  | { readonly kind: 'node'; readonly id: string; readonly epoch: number };

/** Formats a reference, such as `job:hello@3`, `allocation:…` or `scheduler@17`. */
export function referenceText(reference: Reference): string {
  switch (reference.kind) {
    case 'job':
      return `job:${reference.id}@${reference.version}`;
    case 'node':
      return `node:${reference.id}@${reference.epoch}`;
    case 'event':
      return 'stream' in reference ? `${reference.stream}@${reference.revision}` : `event:${reference.id}`;
    default:
      return `${reference.kind}:${reference.id}`;
  }
}
