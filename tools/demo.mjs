// `npm run demo`: the platform of examples/complete, rehearsed and run on this machine. tools/setup.mjs has compiled everything before.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The demo is about this repository, from wherever it is called; the compiler's settings are found from here, too.
process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
// Nothing is to be left in the temporary folder, neither by us nor by the program that is synthesized.
process.env.TSX_DISABLE_CACHE ??= '1';
const { register } = await import('tsx/cjs/api');
register();
createRequire(import.meta.url)('./demo/main.ts');
