/** Takes for an answer of Stripe's only what can be read: of what is odd nothing is stored. */
import { DevchatError } from '../errors.ts';

/** Throws TypeError where it is not whole. */
type Whole = (answer: unknown) => { id: string };

/** What Stripe answers about the object of this id. Throws `failed` where that cannot be read, and what the Stripe SDK throws. */
export function answerAbout<Answer>(id: string, whole: Whole, answer: Answer | Promise<Answer>): Promise<Answer> {
  return readable(id, answer, (given) => {
    const { id: told } = whole(given);
    if (told !== id) throw new TypeError(`it is about ${told}`);
  });
}

/** The same of what Stripe lists about it. */
export function listAbout<Answer>(id: string, whole: Whole, listed: readonly Answer[] | Promise<readonly Answer[]>): Promise<readonly Answer[]> {
  return readable(id, listed, (given) => given.forEach(whole));
}

/** What is odd in a list as such, the SDK stumbles over. */
async function readable<Answer>(id: string, answer: Answer | Promise<Answer>, check: (given: Answer) => void): Promise<Answer> {
  try {
    const given = await answer;
    check(given);
    return given;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new DevchatError('failed', `what Stripe answers about ${id} cannot be read: ${error.message}`, 'try again, best once devchat is updated', error);
  }
}
