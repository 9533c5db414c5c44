import { NOT_JSON, readJson } from '@app/platform';

export interface TokenBody {
  /** `api_key_token`; null if there is none. */
  readonly token: string | null;
  /** True if `imported` is true in the body: for NATS, which has no path. */
  readonly imported: boolean;
  readonly isJson: boolean;
}

const WITHOUT_TOKEN: TokenBody = { token: null, imported: false, isJson: true };
const WITHOUT_JSON: TokenBody = { token: null, imported: false, isJson: false };

export const readTokenBody = (body: Buffer): TokenBody => {
  const parsed = readJson(body);
  if (parsed === NOT_JSON) return WITHOUT_JSON;
  if (typeof parsed !== 'object' || parsed === null) return WITHOUT_TOKEN;
  const token = 'api_key_token' in parsed && typeof parsed.api_key_token === 'string' ? parsed.api_key_token : null;
  return { token, imported: 'imported' in parsed && parsed.imported === true, isJson: true };
};
