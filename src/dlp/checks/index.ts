// The list of checks, one file a region or field.
import { americasBrazilChecks } from './americas-brazil.ts';
import { americasCanadaChecks } from './americas-canada.ts';
import { americasMiddleChecks } from './americas-middle.ts';
import { americasSouthChecks } from './americas-south.ts';
import { americasUsChecks } from './americas-us.ts';
import { apacCentralChecks } from './apac-central.ts';
import { apacEastChecks } from './apac-east.ts';
import { apacOceaniaChecks } from './apac-oceania.ts';
import { apacSouthChecks } from './apac-south.ts';
import { apacSoutheastChecks } from './apac-southeast.ts';
import type { Checks } from './check.ts';
import { contactChecks } from './contact.ts';
import { cryptoAddressChecks } from './crypto-addresses.ts';
import { europeEastChecks } from './europe-east.ts';
import { europeNorthChecks } from './europe-north.ts';
import { europeSouthChecks } from './europe-south.ts';
import { europeUkChecks } from './europe-uk.ts';
import { europeVatChecks } from './europe-vat.ts';
import { europeWestChecks } from './europe-west.ts';
import { financeChecks } from './finance.ts';
import { genericChecks } from './generic.ts';
import { healthChecks } from './health.ts';
import { meaAfricaChecks } from './mea-africa.ts';
import { meaMiddleEastChecks } from './mea-middle-east.ts';
import { networkChecks } from './network.ts';
import { paymentChecks } from './payment.ts';
import { secretsCredentialsChecks } from './secrets-credentials.ts';
import { secretsEncodingChecks } from './secrets-encoding.ts';
import { secretsLikenessChecks } from './secrets-likeness.ts';
import { secretsPlaceholderChecks } from './secrets-placeholder.ts';
import { secretsSaasChecks } from './secrets-saas.ts';

/** Every check by its name. */
export const checks: Checks = {
  ...genericChecks,
  ...meaMiddleEastChecks,
  ...meaAfricaChecks,
  ...apacSoutheastChecks,
  ...apacSouthChecks,
  ...apacOceaniaChecks,
  ...apacEastChecks,
  ...apacCentralChecks,
  ...networkChecks,
  ...healthChecks,
  ...contactChecks,
  ...americasUsChecks,
  ...americasSouthChecks,
  ...americasMiddleChecks,
  ...americasCanadaChecks,
  ...americasBrazilChecks,
  ...cryptoAddressChecks,
  ...europeEastChecks,
  ...europeNorthChecks,
  ...europeSouthChecks,
  ...europeUkChecks,
  ...europeVatChecks,
  ...europeWestChecks,
  ...financeChecks,
  ...paymentChecks,
  ...secretsCredentialsChecks,
  ...secretsEncodingChecks,
  ...secretsLikenessChecks,
  ...secretsPlaceholderChecks,
  ...secretsSaasChecks,
};
