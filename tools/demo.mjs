// `npm run demo`: the platform of examples/complete, rehearsed and run on this machine. tools/setup.mjs has compiled everything before.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/cjs/api';

// The demo is about this repository, from wherever it is called; the compiler's settings are found from here, too.
process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
register();
createRequire(import.meta.url)('./demo/main.ts');
