/** What a caller posts, as a form or as JSON, checked. */
import type { Request } from 'express';
import type { z } from 'zod';
import { HttpError } from './errors.ts';

/** The posted fields as `form` reads them. Throws 422 naming each field that is wrong. */
export function parsed<T>(form: z.ZodType<T>, request: Request): T {
  const result = form.safeParse(request.body ?? {});
  if (result.success) return result.data;
  const fields = Object.fromEntries(result.error.issues.map((issue) => [String(issue.path[0] ?? 'form'), issue.message]));
  throw new HttpError(422, 'unprocessable', Object.entries(fields).map(([field, what]) => `${field} ${what}`).join('; '), { fields });
}
