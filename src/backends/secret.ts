// How a backend's stored secret is spoken of.

/** How an export and the API say that a literal secret is stored; an apply of it keeps what is there. */
export const SEALED = '${sealed}';

/** How a stored secret is spoken of: its reference, or that there is one. */
export const spokenOf = (secret: string | null): string | null =>
  secret === null || secret.startsWith('${') ? secret : SEALED;
