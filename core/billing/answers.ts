/** Takes for an answer of Stripe's only what can be read: of what is odd nothing is stored. */
import { DevchatError } from '../errors.ts';

/** Throws TypeError where it is not whole. */
type Whole = (answer: unknown) => { id: string };

/** What Stripe answers about the object of this id. Throws `failed` where that cannot be read, and what the Stripe SDK throws. */
export function answerAbout<Answer>(id: string, whole: Whole, ask: () => Promise<Answer>): Promise<Answer> {
  return readable(id, async () => {
    const answer = await ask();
    const { id: told } = whole(answer);
    if (told !== id) throw new TypeError(`it is about ${told}`);
    return answer;
  });
}

/** The same of what Stripe lists about it. */
export function listAbout<Answer>(id: string, whole: Whole, ask: () => Promise<Answer[]>): Promise<Answer[]> {
  return readable(id, async () => {
    const listed = await ask();
    listed.forEach(whole);
    return listed;
  });
}

async function readable<Answer>(id: string, read: () => Promise<Answer>): Promise<Answer> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new DevchatError('failed', `what Stripe answers about ${id} cannot be read: ${error.message}`, 'try again, best once devchat is updated', error);
  }
}
