// Every migration, in order.
import { first } from './0001-first.ts';
import { auditChain } from './0002-audit-chain.ts';
import { vault } from './0003-vault.ts';
import { acknowledgements } from './0004-acknowledgements.ts';
import { gatewayRole } from './0005-gateway-role.ts';
import { lostAndErased } from './0006-lost-and-erased.ts';
import { policiesAndPacks } from './0007-policies-and-packs.ts';
import { backendDialects } from './0008-backend-dialects.ts';
import { appendAtOnce } from './0009-append-at-once.ts';
import { backendPreference } from './0010-backend-preference.ts';
import { prices } from './0011-prices.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [
  first,
  auditChain,
  vault,
  acknowledgements,
  gatewayRole,
  lostAndErased,
  policiesAndPacks,
  backendDialects,
  appendAtOnce,
  backendPreference,
  prices,
];
