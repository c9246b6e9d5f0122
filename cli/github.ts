/** What GitHub Actions shows of a run: annotations, and the summary of the job. https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
import { appendFileSync } from 'node:fs';
import type { Context } from './context.ts';

type Place = Pick<Context, 'env' | 'io'>;

/** Marks the run with a line, where GitHub Actions runs it. */
export function annotate(level: 'error' | 'warning' | 'notice', message: string, place: Place): void {
  if (place.env.GITHUB_ACTIONS === 'true') place.io.talk(`::${level} title=devchat::${escaped(message)}`);
}

/** Adds Markdown to the job's summary, where there is one. */
export function addToSummary(markdown: string, { env }: Pick<Context, 'env'>): void {
  if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, markdown);
}

function escaped(message: string): string {
  return message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
