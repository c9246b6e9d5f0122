/** The shell of every page: head, test-mode badge, the business on one side and the work on the other. */
import { html, type Html } from './html.ts';

export interface Page {
  title: string;
  /** The business's side: who one deals with and the way back. */
  aside: Html;
  main: Html;
  footerLinks?: readonly Link[];
}

export interface Link {
  href: string;
  label: string;
}

export interface Business {
  name: string;
  /** The way back to the business; null when there is none. */
  returnUrl: string | null;
  /** Its terms and its privacy policy. */
  links?: readonly Link[];
}

export function splitPage(page: Page): string {
  return document(page.title, { footerLinks: page.footerLinks }, html`<div class="Split">
    <header class="Split-aside"><div class="Split-inner">${page.aside}</div></header>
    <main class="Split-main" data-testid="page-container-main"><div class="Split-inner">${page.main}</div></main>
  </div>`);
}

/** A page with one thing to say. */
export function messagePage(title: string, text: Html | string, link?: Link): string {
  return document(title, {}, html`<main class="Message">
    <div class="Panel">
      <h1>${title}</h1>
      <p class="Muted">${text}</p>
      ${link && html`<p><a class="Button" href="${link.href}">${link.label}</a></p>`}
    </div>
  </main>`);
}

/** A page that says thanks and goes on to `url` by itself; a form's own redirect may not leave the site. */
export function leavePage(title: string, url: string, business: string): string {
  return document(title, { goesOnTo: url }, html`<main class="Message">
    <div class="Panel">
      <h1>${title}</h1>
      <p class="Muted">Taking you back to ${business}&hellip;</p>
      <p><a class="Button" href="${url}">Continue</a></p>
    </div>
  </main>`);
}

export function businessMark(name: string): Html {
  return html`<span class="Mark"><span class="Mark-sign" aria-hidden="true">${name.slice(0, 1).toUpperCase()}</span>
    <span class="Mark-name">${name}</span></span>`;
}

export function backLink(href: string, label: string, testId: string): Html {
  return html`<a class="BackLink" href="${href}" data-testid="${testId}"><span aria-hidden="true">&larr;</span> ${label}</a>`;
}

export function notice(kind: 'success' | 'warning' | 'error', content: Html | string): Html {
  return html`<div class="Notice Notice--${kind}" role="${kind === 'error' ? 'alert' : 'status'}"
    ${kind === 'error' && html`tabindex="-1"`}>${content}</div>`;
}

interface Extras {
  /** Opened at once, without a click. */
  goesOnTo?: string;
  footerLinks?: readonly Link[] | undefined;
}

function document(title: string, { goesOnTo, footerLinks = [] }: Extras, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex">
  ${goesOnTo !== undefined && html`<meta http-equiv="refresh" content="0;url=${goesOnTo}">`}
  <title>${title}</title>
  <link rel="icon" href="/pages/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/pages/pages.css">
  <script src="/pages/forms.js" type="module"></script>
</head>
<body>
  ${body}
  <footer class="Footer">${testModeBadge()}<p>No real card is charged here.</p>${footerLinks.map(footerLink)}</footer>
</body>
</html>
`.text;
}

function footerLink({ href, label }: Link): Html {
  return html`<a href="${href}">${label}</a>`;
}

function testModeBadge(): Html {
  return html`<p class="TestMode"><strong>TEST MODE</strong> - local sandbox</p>`;
}
