import 'reflect-metadata';
import { readDirectorySettings, runService } from '@app/distributed';
import { startDirectory } from './directory-process.js';

await runService({ service: 'directory', read: readDirectorySettings, start: startDirectory }, { args: process.argv.slice(2), env: process.env });
