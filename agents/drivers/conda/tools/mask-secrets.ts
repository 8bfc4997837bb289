/** Credentials in URLs: user info, and tokens in the path in conda's format. */
const IN_URLS = /(\w+:\/\/)[^\s/@]+@|(\/t\/)[^\s/]+(?=\/)/g;

export function maskSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets)
    if (secret.length > 3)
      clean = clean.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***');
  return clean.replace(IN_URLS, (_, scheme: string | undefined, token: string | undefined) =>
    scheme === undefined ? `${token ?? ''}***` : `${scheme}***@`,
  );
}
