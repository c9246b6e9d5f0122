/** The page at the sandbox's own address: what it is, and where to read on. */
import { API_VERSION } from '../api-version.ts';
import { html } from './html.ts';
import { messagePage } from './layout.ts';

/** The front page. */
export function frontPage(): string {
  const text = html`This is Stripe’s API ${API_VERSION}, on this machine only. Its calls are under <code>/v1</code>; what it holds now is at
    <a href="/_sandbox">/_sandbox</a>. How to use it: docs/sandbox.md; every route and event: docs/sandbox-api.md.`;
  return messagePage('devchat sandbox', text);
}
