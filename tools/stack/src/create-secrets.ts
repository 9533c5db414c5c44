import { DeploymentFiles } from './deployment/deployment-files.js';

// The one-shot service `secrets` of docker-compose.yml: makes what is missing, one folder per service below the given one.
process.umask(0o077);
const [root] = process.argv.slice(2);
if (root === undefined) {
  process.stderr.write('Usage: node create-secrets.js <folder>\n');
  process.exit(2);
}
new DeploymentFiles(root).writeForContainers({ redis: 'redis:6379', mongo: 'mongo:27017/keyfence?replicaSet=rs0' });
process.stdout.write(`The secrets are in ${root}. Back them up: without them the log cannot be used.\n`);
