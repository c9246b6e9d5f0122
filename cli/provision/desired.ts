/** What must exist in Stripe for the business that sells pair coding on /dev/chat. Pure. */
import { API_VERSION } from '../../core/api-version.ts';
import { DevchatError } from '../../core/errors.ts';
import { CHALLENGE_KEY, priceLookupKey } from '../../core/provisioned.ts';
import { BRIEF } from './brief.ts';
import type { Declared, DeclaredPrice } from './declared/schema.ts';
import type { Settings, Wanted } from './resources/resource.ts';
import { merged } from './settings.ts';

/** What can be provisioned by itself. */
export const PARTS = ['portal', 'catalog', 'webhook'] as const;
export type Part = (typeof PARTS)[number];

/** What is declared, and where. */
interface Business {
  /** Where Stripe reaches the daemon, without a trailing slash; only the part `webhook` needs it, where no address is declared. */
  baseUrl?: string | undefined;
  /** What devchat.config.json declares; the rest is the brief's. */
  declared?: Declared | undefined;
}

export interface Wishes extends Business {
  challengeId: string;
  parts: readonly Part[];
}

/** What to provision: the part that was named, else all; the webhook only where Stripe can reach the daemon. */
export function partsFor(named: Part | undefined, business: Business): readonly Part[] {
  if (named) return [named];
  return webhookUrl(business)?.startsWith('https:') ? PARTS : ['portal', 'catalog'];
}

/** The objects that must exist. Throws `not-configured` where the webhook part is wanted without an address. */
export function desired(wishes: Wishes): Wanted[] {
  return wishes.parts.flatMap((part) => WANTED_BY_PART[part](wishes));
}

const WANTED_BY_PART: Readonly<Record<Part, (wishes: Wishes) => Wanted[]>> = {
  catalog: wantedCatalog,
  portal: ({ challengeId, declared }) => [{ kind: 'portal_configuration', key: challengeId, settings: tagged(portalSettings(declared?.portal), challengeId) }],
  webhook: wantedWebhook,
};

function portalSettings(declared: Declared['portal']): Settings {
  const settings = merged(BRIEF.portal, declared);
  const pauses = declared?.features?.subscription_pause?.duration?.interval_options;
  return pauses ? merged(settings, { features: { subscription_pause: { duration: { interval_options: pauses.map(counted) } } } }) : settings;
}

/** What a list leaves unsaid is nobody else's to set: Stripe takes it for 1. */
function counted<T extends { interval_count?: number | undefined }>(interval: T): T & { interval_count: number } {
  return { ...interval, interval_count: interval.interval_count ?? 1 };
}

function wantedCatalog({ challengeId, declared }: Wishes): Wanted[] {
  const { prices, ...product } = { ...BRIEF.product, ...declared?.product };
  return [
    { kind: 'product', key: challengeId, settings: tagged({ active: true, ...product }, challengeId) },
    ...prices.map((price): Wanted => ({ kind: 'price', key: priceLookupKey(price.recurring, challengeId), settings: priceSettings(price, challengeId) })),
  ];
}

function priceSettings({ currency, unit_amount, recurring, ...more }: DeclaredPrice, challengeId: string): Settings {
  const settings = { active: true, currency, unit_amount, recurring: counted(recurring), lookup_key: priceLookupKey(recurring, challengeId) };
  return tagged({ ...settings, ...more }, challengeId);
}

function wantedWebhook(wishes: Wishes): Wanted[] {
  const url = webhookUrl(wishes);
  if (!url) throw new DevchatError('not-configured', 'Stripe needs an address to send events to', 'set DEVCHAT_BASE_URL to where the daemon is reached from outside, or declare webhook.url in devchat.config.json');
  const settings = merged({ status: 'enabled', url, ...BRIEF.webhook, api_version: API_VERSION, secret: 'saved' }, wishes.declared?.webhook);
  return [{ kind: 'webhook_endpoint', key: wishes.challengeId, settings: tagged(settings, wishes.challengeId) }];
}

function webhookUrl({ baseUrl, declared }: Business): string | undefined {
  return declared?.webhook?.url ?? (baseUrl && `${baseUrl}/webhook`);
}

/** The tag comes last: no declaration takes it away. */
function tagged(settings: Settings, challengeId: string): Settings {
  return merged(settings, { metadata: { [CHALLENGE_KEY]: challengeId } });
}
