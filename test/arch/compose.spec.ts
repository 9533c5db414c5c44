import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { ROOT } from '@test/support/project/source-files.js';

interface Volume {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly read_only?: boolean;
}
interface Service {
  readonly user?: string;
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
  readonly privileged?: boolean;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly Volume[];
  readonly build?: string;
  readonly image: string;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, null>>;
}

// What the file promises, read from the file. Nothing here can say that a container starts.
const compose = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ONE_SHOTS = ['secrets', 'mongo-init', 'cli'];
const OWN = ['gateway', 'directory', 'keys', 'validation'] as const;
const secretsOf = ({ volumes = [] }: Service): readonly string[] => volumes.map(({ source }) => source).filter((source) => source.startsWith('secrets-'));

describe('docker-compose.yml', () => {
  it('publishes nothing but the edge, on one port', () => {
    const published = services.filter(([, { ports }]) => ports !== undefined).map(([name, { ports }]) => [name, ports?.length]);
    expect(published).toEqual([['edge', 1]]);
  });

  it.each(services)('%s can write nowhere but where it must and gains no rights', (name, service) => {
    expect(service).toMatchObject({ user: '1000:1000', read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(service.tmpfs).toContain('/tmp');
    expect(service.privileged).toBeUndefined();
    expect(service.cap_add).toEqual(name === 'edge' ? ['NET_BIND_SERVICE'] : undefined);
    for (const { type, source, read_only: readOnly } of service.volumes ?? []) {
      if (type === 'bind' || (source.startsWith('secrets-') && name !== 'secrets')) expect(readOnly, source).toBe(true);
    }
  });

  it('the services and servers have no way out', () => {
    expect(compose.networks['inside']?.internal).toBe(true);
    const outside = services.filter(([, { networks, network_mode: mode }]) => networks?.includes('outside') ?? mode === undefined).map(([name]) => name);
    expect(outside).toEqual(['edge']);
    expect(compose.services['secrets']?.network_mode).toBe('none');
  });

  it('each process mounts its own secrets and no others', () => {
    for (const name of OWN) expect(secretsOf(compose.services[name] as Service), name).toEqual([`secrets-${name}`]);
    expect(secretsOf(compose.services['cli'] as Service)).toEqual(['secrets-operator']);
    for (const name of ['nats', 'redis', 'mongo']) expect(secretsOf(compose.services[name] as Service), name).toEqual([`secrets-${name}`]);
    expect(secretsOf(compose.services['edge'] as Service)).toEqual([]);
  });

  it('no secret stands in a variable or a command', () => {
    for (const [name, { environment = {}, command = [] }] of services) {
      for (const variable of Object.keys(environment)) expect(variable, name).not.toMatch(/(?:PASSWORD|SECRET|TOKEN|KEY|MONGODB_URL|REDIS_URL)$/);
      expect(command.join(' '), name).not.toMatch(/password/i);
    }
  });

  it('every lasting process is asked for its health, the own ones whether they are ready', () => {
    for (const [name, { healthcheck }] of services) if (!ONE_SHOTS.includes(name)) expect(healthcheck, name).toBeDefined();
    for (const name of OWN) expect(compose.services[name]?.healthcheck?.test.join(' '), name).toContain('/readyz');
  });

  it('the own services have time to end, run what the image holds, and share one image', () => {
    for (const name of OWN) {
      expect(compose.services[name]).toMatchObject({
        image: 'keyfence',
        stop_grace_period: '20s',
        command: ['node', '--enable-source-maps', `dist/${name}/main.js`],
      });
    }
  });

  it('only processes that read the log know the database, only nodes of the fence know Redis', () => {
    const knowing = (variable: string): readonly string[] => OWN.filter((name) => variable in (compose.services[name]?.environment ?? {}));
    expect(knowing('MONGODB_URL_FILE')).toEqual(['directory', 'keys']);
    expect(knowing('REDIS_URL_FILE')).toEqual(['gateway', 'validation']);
  });

  it('every volume that is named exists', () => {
    const used = services.flatMap(([, { volumes = [] }]) => volumes.filter(({ type }) => type === 'volume').map(({ source }) => source));
    expect(used.filter((source) => !(source in compose.volumes))).toEqual([]);
  });
});
