import 'reflect-metadata';
import { readDirectorySettings, runService } from '@app/distributed';
import { startDirectory } from './directory-process.js';

await runService('directory', () => readDirectorySettings(process.env), startDirectory);
