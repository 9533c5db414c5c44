// Run by mongosh once at each start, on the address that mongod trusts as long as it has no users. Makes the replica set of one node and
// the users, and changes nothing where they exist.
const { readFileSync } = require('node:fs');
const passwordOf = (user) => readFileSync(`/run/keyfence/${user}-password`, 'utf8').trim();
const DEADLINE_MS = 60_000;

const root = () => db.getSiblingDB('admin').auth('root', passwordOf('root'));
const isPrimary = () => db.hello().isWritablePrimary === true;
const isRefused = (error) => ['Unauthorized', 'AuthenticationFailed', 'UserNotFound'].includes(error.codeName);

const loggedIn = () => {
  try {
    return root().ok === 1;
  } catch (error) {
    if (isRefused(error)) return false;
    throw error;
  }
};

const hadUsers = loggedIn();
if (!hadUsers) {
  try {
    rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] });
  } catch (error) {
    if (error.codeName !== 'AlreadyInitialized') throw error;
  }
}
const giveUpAt = Date.now() + DEADLINE_MS;
while (!isPrimary()) {
  if (Date.now() > giveUpAt) throw new Error('The node did not become primary within a minute.');
  sleep(200);
}
if (!hadUsers) {
  db.getSiblingDB('admin').createUser({ user: 'root', pwd: passwordOf('root'), roles: ['root'] });
  root();
}
const keyfence = db.getSiblingDB('keyfence');
for (const user of ['keys', 'directory']) {
  const pwd = passwordOf(user);
  const roles = [{ role: 'readWrite', db: 'keyfence' }];
  if (keyfence.getUser(user) === null) keyfence.createUser({ user, pwd, roles });
  else keyfence.updateUser(user, { pwd, roles });
}
print('The replica set and its users are there.');
