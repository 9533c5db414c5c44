import { readDataDir, type SettingsReader } from '@app/platform';

// What a command reads depends on where Keyfence runs: of one process the data folder, of services their servers.

interface MessagingSettings {
  readonly url: string;
  readonly user: string;
  /** Never printed. */
  readonly password: string;
}

interface DatabaseSettings {
  /** Never printed: it has a password in it. */
  readonly url: string;
  /** `null` if the read models are in the database of the URL. */
  readonly viewsDatabase: string | null;
}

export const readMessagingSettings = (reader: SettingsReader): MessagingSettings => ({
  url: reader.required({
    name: 'NATS_URL',
    what: 'the address of NATS',
    unset: 'none',
    accepted: 'a URL without credentials',
    meaning: 'Address of NATS, for commands on services; where it and `MONGODB_URL` are left out, commands work on the data folder.',
  }),
  user: reader.text({ name: 'NATS_USER', default: 'operator', accepted: 'a user of NATS', meaning: 'The NATS user of the command line.' }),
  password: reader.requiredOrFile({
    name: 'NATS_PASSWORD',
    what: 'the password of the NATS user',
    unset: 'none',
    accepted: 'a password',
    meaning: 'Password of that user.',
  }),
});

export const readDatabaseSettings = (reader: SettingsReader): DatabaseSettings => ({
  url: reader.requiredOrFile({
    name: 'MONGODB_URL',
    what: 'the URL of the database: this command reads the log itself',
    unset: 'none',
    accepted: '`mongodb://` with user, password and database',
    meaning: 'Database of the log, for commands that read the log of services.',
  }),
  viewsDatabase: reader.optionalText({
    name: 'MONGODB_VIEWS_DATABASE',
    unset: 'the database of the URL',
    accepted: 'the name of a database',
    meaning: 'Where the read models of services are stored.',
  }),
});

/** All settings that any command reads. */
export const readCliSettings = (reader: SettingsReader): unknown => [readDataDir(reader), readMessagingSettings(reader), readDatabaseSettings(reader)];
