import 'reflect-metadata';
import { readKeysSettings, runService } from '@app/distributed';
import { startKeys } from './keys-process.js';

await runService('keys', () => readKeysSettings(process.env), startKeys);
