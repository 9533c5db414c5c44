import type { RunBench } from './harness/bench.js';

export interface Bench {
  readonly what: string;
  /** Only by its name: it takes long, or it needs the servers of the four services. */
  readonly byNameOnly: boolean;
  /** Loaded when it runs, so that one which cannot be loaded takes no other with it. */
  readonly load: () => Promise<RunBench>;
}

const always = (what: string, load: Bench['load']): Bench => ({ what, byNameOnly: false, load });
const byName = (what: string, load: Bench['load']): Bench => ({ what, byNameOnly: true, load });

export const BENCHES: Readonly<Record<string, Bench>> = {
  validate: always('validations from memory, beside bare node:http and Fastify', async () => (await import('./validate/validate.bench.js')).benchValidate),
  garbage: always('90 % garbage tokens, of several kinds, against good ones only', async () => (await import('./validate/garbage.bench.js')).benchGarbage),
  usage: always('counting usage, on against off', async () => (await import('./validate/usage.bench.js')).benchUsage),
  cascade: always(
    'validations while 100 000 keys of a blocked user are written down as ended',
    async () => (await import('./commands/cascade.bench.js')).benchCascade,
  ),
  commands: always('creates and blocks, beside bare durable inserts into SQLite', async () => (await import('./commands/commands.bench.js')).benchCommands),
  beside: byName(
    'validations in memory beside logins, lists and locks of others, compared with validations alone',
    async () => (await import('./beside/beside.bench.js')).benchBeside,
  ),
  'public-verify': always(
    "verifications of users' tokens with an organization's key, beside bare node:http",
    async () => (await import('./validate/public-verify.bench.js')).benchPublicVerify,
  ),
  sessions: always(
    'logins beside bare argon2id, refreshes beside bare inserts and signatures',
    async () => (await import('./sessions/sessions.bench.js')).benchSessions,
  ),
  scale: byName(
    'a million keys: validations, start-up, memory, a block (long, so only by its name)',
    async () => (await import('./scale/scale.bench.js')).benchScale,
  ),
  'services-validate': byName(
    'one validation process, HTTP and NATS, beside bare servers',
    async () => (await import('./services/services-validate.bench.js')).benchServicesValidate,
  ),
  'services-cold': byName(
    'a validation process that begins with nothing in memory, with Redis empty and warm',
    async () => (await import('./services/services-cold.bench.js')).benchServicesCold,
  ),
  'services-change': byName(
    'revokes with three validation processes, beside a bare append and a round trip; then with one killed',
    async () => (await import('./services/services-change.bench.js')).benchServicesChange,
  ),
  'services-quiet': byName(
    'what a validation process sends while memory answers',
    async () => (await import('./services/services-quiet.bench.js')).benchServicesQuiet,
  ),
  'services-commands': byName(
    'creates with one and two replicas of keys, beside bare inserts',
    async () => (await import('./services/services-commands.bench.js')).benchServicesCommands,
  ),
};
