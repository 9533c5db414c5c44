import 'reflect-metadata';
import { readKeysSettings, runService } from '@app/distributed';
import { startKeys } from './keys-process.js';

await runService({ service: 'keys', read: readKeysSettings, start: startKeys }, { args: process.argv.slice(2), env: process.env });
