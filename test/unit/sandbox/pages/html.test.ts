import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { html } from '../../../../sandbox/pages/html.ts';

describe('html', () => {
  test('escapes what could end text or an attribute', () => {
    const name = `<script>alert("1")</script> & 'Bobby'`;
    expect(html`<p title="${name}">${name}</p>`.text).toBe(
      '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;Bobby&#39;">' +
        '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;Bobby&#39;</p>',
    );
  });

  test('puts HTML into HTML once, joins lists and leaves out what is not there', () => {
    const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>${null}${undefined}${false}${0}`.text).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>0');
  });

  test('a value that only looks like HTML is no HTML', () => {
    expect(() => html`${{ text: '<b>' } as unknown as string}`).toThrow();
  });

  test('lets no text bring a tag or leave its attribute', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(html`${text}`.text).not.toMatch(/[<>"']/);
      }),
    );
  });
});
