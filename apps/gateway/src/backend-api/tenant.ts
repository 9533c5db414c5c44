/** The host of `host`, `host:port` or a whole URL, in lower case; null for any other text. */
const hostOf = (text: string): string | null => {
  const url = text.includes('://') ? text : `https://${text}`;
  return URL.canParse(url) ? new URL(url).hostname : null;
};

/** Some clients send the host of their auth URL with its port, some without, some as it was typed, and some send nothing. */
export const isTenantOf = (header: string | undefined, authUrl: string): boolean =>
  header === undefined || header.trim() === '' || hostOf(header.trim()) === hostOf(authUrl);
