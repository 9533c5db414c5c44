/** The host of `host`, `host:port` or a whole URL, in lower case. Null if the text is malformed. */
const hostOf = (text: string): string | null => {
  const url = text.includes('://') ? text : `https://${text}`;
  return URL.canParse(url) ? new URL(url).hostname : null;
};

/** Clients send the host of their auth URL with or without its port, or the whole URL, or nothing. */
export const isTenantOf = (header: string | undefined, authUrl: string): boolean =>
  header === undefined || header.trim() === '' || hostOf(header.trim()) === hostOf(authUrl);
