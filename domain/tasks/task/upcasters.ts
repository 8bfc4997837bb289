/** A notification setting in events of version 1, with its URL in plain text. */
interface First {
  readonly url: unknown;
}

/** Upcasts a definition from version 1, in which `notify` contained the URL itself. */
export function withNotificationTargets(data: unknown): unknown {
  const known = data as { readonly definition: { readonly notify?: First } };
  const { definition } = known;
  return definition.notify === undefined
    ? data
    : { ...known, definition: { ...definition, notify: withNotificationTarget(definition.notify) } };
}

export function withNotificationTarget(data: unknown): unknown {
  const { url, ...rest } = data as First;
  return { ...rest, to: { url } };
}
