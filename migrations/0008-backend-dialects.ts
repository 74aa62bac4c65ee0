// A backend may speak other dialects than its provider usually does.
import type { Migration } from './migration.ts';

export const backendDialects: Migration = {
  id: '0008-backend-dialects',
  // Null: those of its provider.
  statements: ['alter table backends add column dialects jsonb'],
};
