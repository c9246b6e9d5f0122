/** Reads what devchat.config.json declares, and refuses all that is wrong with it at once, before anybody asks Stripe for anything. */
import type { z } from 'zod';
import { readConfigFile, type Finding, type KeyPath } from '../../../core/config-file.ts';
import { BadInput, type Problem } from '../../../core/errors.ts';
import { BRIEF } from '../brief.ts';
import type { Json, Settings } from '../resources/resource.ts';
import { isSettings, merged } from '../settings.ts';
import type { Check } from './check.ts';
import { PORTAL_CHECKS } from './portal-checks.ts';
import { PRODUCT_CHECKS } from './product-checks.ts';
import { declarations, type Declared } from './schema.ts';
import { shapeFindings } from './shape-findings.ts';
import { WEBHOOK_CHECKS } from './webhook-checks.ts';

const CHECKS: Readonly<Record<keyof Declared, readonly Check[]>> = { portal: PORTAL_CHECKS, product: PRODUCT_CHECKS, webhook: WEBHOOK_CHECKS };

/** Where the file lies, and what else is read from it. */
export interface Source {
  folder: string;
  /** Reads the settings; throws `BadInput` where they are wrong. */
  config: () => unknown;
}

/** What is declared; nothing where there is no file. Throws `BadInput` naming all that is wrong in the file, settings too. */
export function readDeclared({ folder, config }: Source): Declared {
  const file = readConfigFile(folder);
  const { portal, product, webhook } = file.values;
  const given = { portal, product, webhook } as Settings;
  const parsed = declarations.safeParse(given);
  const findings = allFindings(parsed.error?.issues ?? [], given, file.repeated());
  if (parsed.success && findings.length === 0) return parsed.data;
  throw new BadInput('usage', [...problemsOf(config), ...findings.map(file.problem)]);
}

/** What has the wrong shape is told as that alone. */
function allFindings(issues: readonly z.core.$ZodIssue[], given: Settings, repeated: readonly Finding[]): Finding[] {
  const misshapen = [...repeated, ...shapeFindings(issues, given)];
  const contradictions = Object.entries(CHECKS).flatMap(([section, checks]) => findingsIn(section as keyof Declared, checks, given[section]));
  return [...misshapen, ...contradictions.filter(({ path }) => !misshapen.some((other) => isWithin(path, other.path)))];
}

function findingsIn(section: keyof Declared, checks: readonly Check[], declared: Json): Finding[] {
  if (!isSettings(declared)) return [];
  const whole = merged(BRIEF[section], declared);
  return checks.flatMap((check) => check(whole, declared)).map((finding) => ({ ...finding, path: [section, ...finding.path] }));
}

function isWithin(path: KeyPath, outer: KeyPath): boolean {
  return outer.every((step, index) => path[index] === step);
}

function problemsOf(config: () => unknown): readonly Problem[] {
  try {
    config();
    return [];
  } catch (error) {
    if (error instanceof BadInput) return error.problems;
    throw error;
  }
}
