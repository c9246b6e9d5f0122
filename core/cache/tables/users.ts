/** Users and their sign-ins. */
import { DevchatError } from '../../errors.ts';
import type { Cache, User } from '../cache.ts';
import { change, row, type Work } from '../statement.ts';
import { userFrom, type UserRow } from './rows.ts';

type NewUser = Parameters<Cache['createUser']>[0];
type NewLogin = Parameters<Cache['createLogin']>[0];

/** Hashes are salted: a half-made user with the same hash still belongs to the same sign-up. */
const SQL = {
  add: row<UserRow>(`
    INSERT INTO users (id, email, password_hash, created_at) VALUES (:id, :email, :password_hash, :created_at)
    ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash WHERE users.customer IS NULL
    RETURNING id, email, password_hash, customer`),
  link: change(`UPDATE users SET customer = ? WHERE id = ? AND customer IS NULL AND password_hash IS NOT DISTINCT FROM ?`),
  removeUnlinked: change(`DELETE FROM users WHERE id = ? AND customer IS NULL AND password_hash IS NOT DISTINCT FROM ?`),
  byEmail: row<UserRow>(`SELECT * FROM users WHERE email = ? AND customer IS NOT NULL`),
  byCustomer: row<UserRow>(`SELECT * FROM users WHERE customer = ?`),
  addLogin: change(`INSERT INTO logins (token_hash, "user", expires_at) VALUES (?, ?, ?)`),
  removeExpired: change(`DELETE FROM logins WHERE expires_at <= ?`),
  byLogin: row<UserRow>(`SELECT users.* FROM logins JOIN users ON users.id = logins."user" WHERE token_hash = ? AND expires_at > ?`),
  removeLogin: change(`DELETE FROM logins WHERE token_hash = ?`),
};

export function* add({ id, email, passwordHash, createdAt }: NewUser): Work<User> {
  const made = yield* SQL.add({ id, email, password_hash: passwordHash, created_at: createdAt });
  if (!made) throw takenError(email);
  return userFrom(made);
}

export function* link({ id, email, passwordHash }: User, customer: string): Work<void> {
  const changes = yield* SQL.link(customer, id, passwordHash);
  if (changes === 0) throw takenError(email);
}

export function* removeUnlinked({ id, passwordHash }: User): Work<void> {
  yield* SQL.removeUnlinked(id, passwordHash);
}

export function* byEmail(email: string): Work<User | undefined> {
  return one(yield* SQL.byEmail(email));
}

export function* byCustomer(customer: string): Work<User | undefined> {
  return one(yield* SQL.byCustomer(customer));
}

export function* addLogin({ tokenHash, userId, expiresAt }: NewLogin, now: number): Work<void> {
  yield* SQL.removeExpired(now);
  yield* SQL.addLogin(tokenHash, userId, expiresAt);
}

export function* byLogin(tokenHash: string, now: number): Work<User | undefined> {
  return one(yield* SQL.byLogin(tokenHash, now));
}

export function* removeLogin(tokenHash: string): Work<void> {
  yield* SQL.removeLogin(tokenHash);
}

function one(found: UserRow | undefined): User | undefined {
  return found && userFrom(found);
}

function takenError(email: string): DevchatError {
  return new DevchatError('conflict', `${email} has signed up already`, 'sign in, or use another e-mail address');
}
