/** What tells somebody, as events of version 1 held it: its URL stood in the clear. */
interface First {
  readonly url: unknown;
}

/** Lifts a definition from version 1, whose `notify` held its URL itself. */
export function withNotificationTargets(data: unknown): unknown {
  const known = data as { readonly definition: { readonly notify?: First } };
  const { definition } = known;
  return definition.notify === undefined ? data : { ...known, definition: { ...definition, notify: withNotificationTarget(definition.notify) } };
}

/** Lifts what held a URL itself to what says where notices go. */
export function withNotificationTarget(data: unknown): unknown {
  const { url, ...rest } = data as First;
  return { ...rest, to: { url } };
}
