import 'reflect-metadata';
import { readGatewaySettings, runService } from '@app/distributed';
import { startGateway } from './gateway-process.js';

await runService({ service: 'gateway', read: readGatewaySettings, start: startGateway }, { args: process.argv.slice(2), env: process.env });
