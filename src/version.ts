// The version of this program, as records and the admin API tell it.

/** The same as in package.json; a test holds them together. */
export const VERSION = '0.1.0';
