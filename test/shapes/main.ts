/** `npm run check:shapes`: the step "shapes" alone, over what the last run of Vitest recorded. */
import { checkShapes } from './check.ts';

const { passed, failed, skipped, details, says } = checkShapes();
for (const kind of skipped) console.log(`skipped: ${kind}`);
if (failed > 0) console.log(`\n${details}\n`);
console.log(`${says}: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
