import { openNodeClient } from './node-client.js';
import { testedModes } from '@test/support/servers/tested-modes.js';
import { runProductCases } from './product-cases.js';

for (const { name, start } of testedModes) runProductCases(`@propelauth/node-apis, ${name}`, async () => openNodeClient(await start()));
