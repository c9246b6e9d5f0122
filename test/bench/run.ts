/** `npm run bench [-- name]`: each benchmark compares within one run and prints its tables; without a name all run. */
import { benchLists } from './lists.ts';
import { benchPostgres } from './postgres.ts';
import { benchProvision } from './provision.ts';
import { benchRebuild } from './rebuild.ts';
import { benchSandbox } from './sandbox.ts';
import { benchWebhook } from './webhook.ts';

const BENCHMARKS: Record<string, () => Promise<string>> = { lists: benchLists, postgres: benchPostgres, provision: benchProvision, rebuild: benchRebuild, sandbox: benchSandbox, webhook: benchWebhook };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHMARKS, name));

if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exitCode = 2;
} else {
  for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHMARKS)) console.log(await BENCHMARKS[name]!());
}
