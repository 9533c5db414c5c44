import { randomUUID } from 'node:crypto';
import { type Caller, newCommandId, type RpcClient } from '@app/platform';
import type { BackendKeyAccess } from '@app/http-api';
import type { ReplyOf, RequestOf, Subject } from '@app/messages';
import { issueBackendKey } from '@app/gateway';
import { defaultSettings, type EnvironmentRecord, Refusal } from '@app/domain';
import { localAuthUrl } from '@app/standalone';

const asOperator = (environmentId: string): Caller => ({
  requestId: newCommandId(),
  commandId: newCommandId(),
  environmentId,
  actor: 'operator',
});

/** What a command of the operator uses: the services, over the same messages that the gateway sends. */
export class Operator {
  readonly #rpc: RpcClient;
  constructor(rpc: RpcClient) {
    this.#rpc = rpc;
  }

  ask<S extends Subject>(subject: S, data: RequestOf<S>, environmentId = ''): Promise<ReplyOf<S>> {
    return this.#rpc.call(subject, data, asOperator(environmentId));
  }

  issueBackendKey(access: BackendKeyAccess & { readonly name: string }, environmentId: string): ReturnType<typeof issueBackendKey> {
    return issueBackendKey(this.#rpc, asOperator(environmentId), access);
  }

  /** Without `authUrl` it gets a host name of this machine. */
  async createEnvironment(name: string, authUrl?: string): Promise<{ environmentId: string; name: string; authUrl: string }> {
    const environmentId = randomUUID();
    const settings = defaultSettings(authUrl ?? localAuthUrl(name));
    await this.ask('directory.create-environment', { environmentId, name, settings }, environmentId);
    return { environmentId, name, authUrl: settings.authUrl };
  }

  async environments(): Promise<readonly EnvironmentRecord[]> {
    return (await this.ask('directory.list-environments', {})).environments;
  }

  /** By name or id. */
  async environment(name: string): Promise<EnvironmentRecord> {
    const all = await this.environments();
    const found = all.find((one) => one.name === name || one.environmentId === name);
    if (found !== undefined) return found;
    const names = all.map((one) => one.name).join(', ');
    throw new OperatorMistake(names === '' ? 'There is no environment yet: run npm start once.' : `There is no environment "${name}". There is: ${names}.`);
  }
}

/** Something only the operator can fix: printed as one sentence, exit 1. */
export class OperatorMistake extends Error {}

/** One sentence for any failure; refusals name their fields. */
export const sentenceOf = (error: unknown): string => {
  if (error instanceof Refusal) {
    // A text is a whole sentence, or continues after the field name: "must be …".
    const fields = Object.entries(error.fields).map(([name, texts]) =>
      texts.map((text) => (/^\p{Lu}/u.test(text) ? `${name}: ${text}` : `${name} ${text}.`)).join(' '),
    );
    if (fields.length > 0) return fields.join('\n');
    return error.code === 'NOT_FOUND' ? 'Nothing with this id exists in this environment, or it has already ended.' : error.message;
  }
  return error instanceof Error ? error.message : String(error);
};
