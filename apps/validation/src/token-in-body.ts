export const NO_JSON = Symbol('no JSON');

interface TokenBody {
  /** `api_key_token`; null where there is none. */
  readonly token: string | null | typeof NO_JSON;
  /** `imported` is true: for the way to ask that has no path. */
  readonly imported: boolean;
}

const WITHOUT_TOKEN: TokenBody = { token: null, imported: false };
const WITHOUT_JSON: TokenBody = { token: NO_JSON, imported: false };

/** The error of `JSON.parse` stays here: its message quotes the body, and the body is a secret. */
export const readTokenBody = (body: Buffer): TokenBody => {
  if (body.length === 0) return WITHOUT_TOKEN;
  try {
    const parsed: unknown = JSON.parse(body.toString());
    if (typeof parsed !== 'object' || parsed === null) return WITHOUT_TOKEN;
    const token = 'api_key_token' in parsed && typeof parsed.api_key_token === 'string' ? parsed.api_key_token : null;
    return { token, imported: 'imported' in parsed && parsed.imported === true };
  } catch {
    return WITHOUT_JSON;
  }
};
