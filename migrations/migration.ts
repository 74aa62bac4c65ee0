// What a migration is: numbered, forward only, one transaction. Statements run one by one, because Postgres over HTTP
// takes one at a time.

/** `id` sorts; `statements` are single SQL statements. A migration that has landed is never edited. */
export type Migration = { readonly id: string; readonly statements: readonly string[] };
