import { parseArgs } from 'node:util';
import { type ServiceName, SERVICES } from './stack/service-environment.js';

export const USAGE = `npm run stack [-- options]

  --data <folder>     where data and secrets are kept between runs (data-stack)
  --port <number>     the one public port (8080)
  --gateway <count>   how many processes of this service (1); also --directory, --keys, --validation
  --help

  STACK_MONGO=mongod|secantusdb|ferretdb asks for what serves for MongoDB (default: the best that is installed).
  KEYFENCE_SERVERS names the folder of installed servers (~/.cache/keyfence/servers).
`;

export interface StackArguments {
  readonly help: boolean;
  readonly dataDir: string;
  readonly edgePort: number;
  readonly replicas: Readonly<Record<ServiceName, number>>;
}

const MOST_REPLICAS = 20;

/** Calls `refuse` with a sentence for arguments that cannot be meant. */
export const readStackArguments = (args: readonly string[], refuse: (error: unknown) => never): StackArguments => {
  const wholeNumber = (name: string, text: string, least: number, most: number): number => {
    const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most
      ? value
      : refuse(new Error(`--${name} must be a whole number from ${String(least)} to ${String(most)}, not "${text}".`));
  };
  const read = (): Readonly<Record<string, string | boolean | undefined>> => {
    const count = { type: 'string', default: '1' } as const;
    try {
      return parseArgs({
        args: [...args],
        options: {
          help: { type: 'boolean' },
          data: { type: 'string', default: 'data-stack' },
          port: { type: 'string', default: '8080' },
          gateway: count,
          directory: count,
          keys: count,
          validation: count,
        },
      }).values;
    } catch (error) {
      return refuse(error);
    }
  };
  const values = read();
  const countOf = (service: ServiceName): number => wholeNumber(service, String(values[service]), 1, MOST_REPLICAS);
  const [keys, directory, validation, gateway] = SERVICES.map(countOf);
  return {
    help: values['help'] === true,
    dataDir: String(values['data']),
    edgePort: wholeNumber('port', String(values['port']), 0, 65_535),
    replicas: { keys: keys ?? 1, directory: directory ?? 1, validation: validation ?? 1, gateway: gateway ?? 1 },
  };
};
