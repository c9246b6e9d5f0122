/** What all pages of the Customer Portal have around them. */
import { html, type Html } from '../html.ts';
import { backLink, businessMark, splitPage, type Business } from '../layout.ts';

export interface PortalFrame {
  business: Business;
}

export function portalPage({ business }: PortalFrame, title: string, main: Html): string {
  return splitPage({
    title: `${title} - ${business.name}`,
    aside: html`
      ${businessMark(business.name)}
      <p class="Aside-text">Manage your subscription, your payment method and your invoices.</p>
      ${business.returnUrl !== null && backLink(business.returnUrl, `Return to ${business.name}`, 'return-to-business-link')}`,
    main,
    footerLinks: business.links ?? [],
  });
}

/** A heading with the way back above it; a deep link has no way back inside the portal. */
export function stepHeading(title: string, goBackUrl: string | null): Html {
  return html`${goBackUrl !== null && html`<nav aria-label="Portal"><a class="ActionLink" href="${goBackUrl}"><span aria-hidden="true">&larr;</span> Billing</a></nav>`}
    <h1 class="Step-title">${title}</h1>`;
}
