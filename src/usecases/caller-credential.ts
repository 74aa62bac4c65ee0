// Whether a caller may pay with a credential of its own: a provider's token that rides beside the gateway's key.

/** `refuse`: what a caller brings goes nowhere, and the backend's secret is used. `forward`: it takes that secret's place. */
export const CALLER_CREDENTIALS = ['refuse', 'forward'] as const;
export type CallerCredential = (typeof CALLER_CREDENTIALS)[number];

/** What a version of a use case says; those that are older than the question say no. */
export const callerCredentialOf = (said: unknown): CallerCredential =>
  said === 'forward' ? 'forward' : 'refuse';
