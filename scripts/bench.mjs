// `npm run bench`: what Keyfence does beside the least that this machine needs for the same work. Names choose: `npm run bench -- usage`.
import { ensureBuilt, ensureInstalled, entryOf, requireNode } from './prepare.mjs';

// Loaded when they run, so that one which cannot be loaded takes no other with it.
const BENCHES = {
  validate: { what: 'validations from memory, beside bare node:http and Fastify', load: async () => (await import('../bench/validate.bench.mjs')).benchValidate },
  garbage: { what: '90 % garbage tokens, of several kinds, against good ones only', load: async () => (await import('../bench/garbage.bench.mjs')).benchGarbage },
  usage: { what: 'counting usage, on against off', load: async () => (await import('../bench/usage.bench.mjs')).benchUsage },
  cascade: { what: 'validations while 100 000 keys of a blocked user are written down as ended', load: async () => (await import('../bench/cascade.bench.mjs')).benchCascade },
  commands: { what: 'creates and blocks, beside bare durable inserts into SQLite', load: async () => (await import('../bench/commands.bench.mjs')).benchCommands },
  'public-verify': { what: "verifications of users' tokens with an organization's key, beside bare node:http", load: async () => (await import('../bench/public-verify.bench.mjs')).benchPublicVerify },
  sessions: { what: 'logins beside bare argon2id, refreshes beside bare inserts and signatures', load: async () => (await import('../bench/sessions.bench.mjs')).benchSessions },
  scale: { what: 'a million keys: validations, start-up, memory, a block (long, so only by its name)', long: true, load: async () => (await import('../bench/scale.bench.mjs')).benchScale },
  'services-validate': { what: 'one validation process, HTTP and NATS, beside bare servers', services: true, load: async () => (await import('../bench/services-validate.bench.mjs')).benchServicesValidate },
  'services-cold': { what: 'a validation process that begins with nothing in memory, with Redis empty and warm', services: true, load: async () => (await import('../bench/services-cold.bench.mjs')).benchServicesCold },
  'services-change': { what: 'revokes with three validation processes, beside a bare append and a round trip; then with one killed', services: true, load: async () => (await import('../bench/services-change.bench.mjs')).benchServicesChange },
  'services-quiet': { what: 'what a validation process sends while memory answers', services: true, load: async () => (await import('../bench/services-quiet.bench.mjs')).benchServicesQuiet },
  'services-commands': { what: 'creates with one and two replicas of keys, beside bare inserts', services: true, load: async () => (await import('../bench/services-commands.bench.mjs')).benchServicesCommands },
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));

if (names.includes('--help') || unknown.length > 0) {
  if (!names.includes('--help')) process.stderr.write(`There is no benchmark ${unknown.join(', ')}.\n`);
  process.stdout.write('npm run bench [-- name ...]; without names: all but the long ones and those of the services\n\n');
  for (const [name, { what }] of Object.entries(BENCHES)) process.stdout.write(`  ${name.padEnd(19)}${what}\n`);
  process.stdout.write('\nSizes: BENCH_ROUNDS, BENCH_SECONDS, BENCH_CONNECTIONS, and what the head of each file in bench/ names.\n');
  process.stdout.write('Those of the services need NATS, Redis and MongoDB on this machine: npm run stack:install.\n');
  process.exit(names.includes('--help') ? 0 : 2);
}

requireNode();
await ensureInstalled('all');

const byNameOnly = ({ long = false, services = false }) => long || services;
const chosen = names.length > 0 ? [...new Set(names)] : Object.keys(BENCHES).filter((name) => !byNameOnly(BENCHES[name]));
const ofServices = (name) => BENCHES[name].services === true;
await ensureBuilt();

const failed = [];
for (const name of chosen) {
  const startedAt = performance.now();
  process.stdout.write(`\n── ${name}: ${BENCHES[name].what}\n`);
  try {
    await (await BENCHES[name].load())(entryOf(ofServices(name) ? 'stack' : 'standalone'));
  } catch (error) {
    failed.push(name);
    process.stderr.write(`${name} failed: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
  process.stdout.write(`── ${name} took ${((performance.now() - startedAt) / 1_000).toFixed(0)} s\n`);
}
if (failed.length > 0) process.stderr.write(`Failed: ${failed.join(', ')}\n`);
process.exit(failed.length > 0 ? 1 : 0);
