/** Users and their sign-ins in SQLite. */
import type Database from 'better-sqlite3';
import { DevchatError } from '../../errors.ts';
import type { Cache, User } from '../cache.ts';
import { userFrom, type UserRow } from './rows.ts';

type NewUser = Parameters<Cache['createUser']>[0];
type NewLogin = Parameters<Cache['createLogin']>[0];

export class Users {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Database.Database) {
    this.#statements = prepare(database);
  }

  add({ id, email, passwordHash, createdAt }: NewUser): User {
    const row = this.#statements.add.get({ id, email, password_hash: passwordHash, created_at: createdAt });
    if (!row) throw takenError(email);
    return userFrom(row);
  }

  link({ id, email, passwordHash }: User, customer: string): void {
    const { changes } = this.#statements.link.run(customer, id, passwordHash);
    if (changes === 0) throw takenError(email);
  }

  removeUnlinked({ id, passwordHash }: User): void {
    this.#statements.removeUnlinked.run(id, passwordHash);
  }

  byEmail(email: string): User | undefined {
    return this.#one(this.#statements.byEmail.get(email));
  }

  byCustomer(customer: string): User | undefined {
    return this.#one(this.#statements.byCustomer.get(customer));
  }

  addLogin({ tokenHash, userId, expiresAt }: NewLogin, now: number): void {
    this.#statements.removeExpired.run(now);
    this.#statements.addLogin.run(tokenHash, userId, expiresAt);
  }

  byLogin(tokenHash: string, now: number): User | undefined {
    return this.#one(this.#statements.byLogin.get(tokenHash, now));
  }

  removeLogin(tokenHash: string): void {
    this.#statements.removeLogin.run(tokenHash);
  }

  #one(row: UserRow | undefined): User | undefined {
    return row && userFrom(row);
  }
}

function takenError(email: string): DevchatError {
  return new DevchatError('conflict', `${email} has signed up already`, 'sign in, or use another e-mail address');
}

/** Hashes are salted: a half-made user with the same hash still belongs to the same sign-up. */
function prepare(database: Database.Database) {
  return {
    add: database.prepare<[object], UserRow>(`
      INSERT INTO users (id, email, password_hash, created_at) VALUES (:id, :email, :password_hash, :created_at)
      ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash WHERE customer IS NULL
      RETURNING id, email, password_hash, customer`),
    link: database.prepare<[string, string, string | null]>(`UPDATE users SET customer = ? WHERE id = ? AND customer IS NULL AND password_hash IS ?`),
    removeUnlinked: database.prepare<[string, string | null]>(`DELETE FROM users WHERE id = ? AND customer IS NULL AND password_hash IS ?`),
    byEmail: database.prepare<[string], UserRow>(`SELECT * FROM users WHERE email = ? AND customer IS NOT NULL`),
    byCustomer: database.prepare<[string], UserRow>(`SELECT * FROM users WHERE customer = ?`),
    addLogin: database.prepare<[string, string, number]>(`INSERT INTO logins (token_hash, user, expires_at) VALUES (?, ?, ?)`),
    removeExpired: database.prepare<[number]>(`DELETE FROM logins WHERE expires_at <= ?`),
    byLogin: database.prepare<[string, number], UserRow>(`SELECT users.* FROM logins JOIN users ON users.id = logins.user WHERE token_hash = ? AND expires_at > ?`),
    removeLogin: database.prepare<[string]>(`DELETE FROM logins WHERE token_hash = ?`),
  };
}
