import { describe, expect, it } from 'vitest';
import { checks } from '../../../src/dlp/checks/index.ts';

const holds = (name: string, value: string): boolean | undefined => checks[name]?.(value);

/** Examples published by the authority or in the documentation of a validator, or worked out by hand. */
const VALID: readonly (readonly [name: string, ...values: readonly string[]])[] = [
  ['us-ssn', '536-90-4399', '536904399', '402.33.9182'],
  ['us-itin', '912-70-1234', '988 85 4321', '900-50-0000'],
  ['us-atin', '912-93-1234'],
  ['us-ein', '91-1144442', '04-2103594'],
  ['us-dea', 'AP5836727', 'F91234563'],
  ['us-npi', '1234567893', '1245319599'],
  ['vin', '1M8GDM9AXKP042788', '1HGCM82633A004352'],
  ['br-cpf', '390.533.447-05', '532.837.864-45'],
  ['br-cnpj', '16.727.230/0001-97', '12.ABC.345/01DE-35'],
  ['br-cnh', '58316794534'],
  ['br-pis', '513.90640.02-0'],
  ['br-titulo-eleitor', '102385010671'],
  ['br-cns', '190129759240018'],
  ['br-renavam', '63977791104'],
  ['ar-cuit', '20-26756539-3', '30-50001091-2'],
  ['ar-cbu', '2850590940090418135201'],
  ['cl-rut', '12.531.909-2', '76086428-5', '15.345.826-K'],
  ['co-nit', '213.123.432-1', '800.197.268-4'],
  ['pe-ruc', '20512333797'],
  ['pe-dni', '10117410-2'],
  ['ec-cedula', '1714307103'],
  ['ec-ruc', '1792060346001'],
  ['uy-ci', '1.234.567-2'],
  ['uy-rut', '211003420017'],
  ['py-ruc', '80028061-0'],
  ['ve-rif', 'V-11470283-4'],
  ['mx-curp', 'BOXW310820HNERXN09'],
  ['mx-clabe', '032180000118359719', '002010077777777771'],
  ['mx-nss', '92-91-90-8443-1'],
  ['gt-nit', '576937-K', '3952550-3'],
  ['sv-dui', '00016297-5'],
  ['do-cedula', '001-4466875-3'],
  ['do-rnc', '1-01-85004-3'],
  ['ca-sin', '046-454-286', '176 005 478'],
  ['ca-bc-phn', '9698 658 215'],
  ['ca-business-number', '919610683 RT0001'],
  ['ca-ohip', '8729-865-397'],
];

/** Fields without check digit, and what their structure forbids. */
const STRUCTURE: readonly (readonly [name: string, valid: string, wrong: string])[] = [
  ['mx-rfc', 'GODE561231GR8', 'GODE561331GR8'],
  ['mx-rfc', 'MAB-930714-8T4', 'XAXX010101000'],
  ['mx-clave-elector', 'GRRMRR85031509M100', 'GRRMRR85031599M100'],
  ['gt-cui', '2987 65432 1601', '2987 65432 9901'],
  ['sv-nit', '0614-050707-104-8', '0614-459907-104-8'],
  ['hn-dni', '0801-1985-12345', '1901-1985-12345'],
  ['ni-cedula', '001-010190-0000A', '001-450190-0000A'],
  ['cu-carne', '91021027775', '91131027775'],
  ['ca-ramq', 'TREB 8554 1512', 'TREB 8513 1512'],
  ['ca-on-licence', 'A6101-40706-60905', 'A6101-40706-69905'],
  ['ca-qc-licence', 'G1234-150485-06', 'G1234-154585-06'],
  ['vin-shape', 'WVWZZZ1JZXW000001', '12345678901234567'],
  ['licence-plate', '8ABC123', '1234567'],
  ['ar-dni', '34567891', '20240115'],
  ['plain-number', '094412387', '20240115'],
];

const withLast = (value: string, change: (digit: number) => number): string => {
  const at = value.search(/\d\D*$/);
  return `${value.slice(0, at)}${change(Number(value.charAt(at)))}${value.slice(at + 1)}`;
};

/** What the check digit is: the last digit of these, the whole of the value in those not named here. */
const WITHOUT_CHECK_DIGIT = new Set([
  'us-ssn',
  'us-itin',
  'us-atin',
  'us-ein',
  'ca-business-number',
  'vin',
  'ec-ruc',
]);

describe('checks of the Americas', () => {
  for (const [name, ...values] of VALID) {
    it(`takes a real ${name}`, () => {
      for (const value of values) expect(holds(name, value), value).toBe(true);
    });
    if (WITHOUT_CHECK_DIGIT.has(name)) continue;
    it(`refuses a ${name} with one wrong digit`, () => {
      for (const value of values)
        expect(
          holds(
            name,
            withLast(value, (digit) => (digit + 1) % 10),
          ),
          value,
        ).toBe(false);
    });
  }

  for (const [name, valid, wrong] of STRUCTURE) {
    it(`tells a ${name} by its structure: ${valid}`, () => {
      expect(holds(name, valid)).toBe(true);
      expect(holds(name, wrong)).toBe(false);
    });
  }

  it('refuses Social Security numbers that were never issued', () => {
    const never = ['000-12-3456', '666-12-3456', '900-12-3456', '999-12-3456', '536-00-4399', '536-90-0000'];
    for (const value of [...never, '078-05-1120', '219-09-9999', '333-33-3333'])
      expect(holds('us-ssn', value), value).toBe(false);
  });

  it('refuses taxpayer numbers of groups and prefixes that nobody assigns', () => {
    for (const value of ['912-93-1234', '912-45-1234', '912-66-1234', '912-89-1234', '512-70-1234'])
      expect(holds('us-itin', value), value).toBe(false);
    for (const value of ['07-1144442', '49-1144442', '00-1144442', '89-1144442'])
      expect(holds('us-ein', value), value).toBe(false);
  });

  it('refuses a vehicle whose ninth character is another', () => {
    expect(holds('vin', '1M8GDM9AYKP042788')).toBe(false);
    expect(holds('vin', '11111111111111111')).toBe(false);
  });

  it('refuses wrong digits before the programme account and the branch', () => {
    expect(holds('ca-business-number', '919610684 RT0001')).toBe(false);
    expect(holds('ec-ruc', '1792060347001')).toBe(false);
    expect(holds('ca-sin', '843-005-478')).toBe(false);
  });

  it('refuses one digit over and over', () => {
    for (const name of ['br-cpf', 'br-cnh', 'br-pis', 'mx-nss', 'do-cedula'])
      expect(holds(name, '11111111111'), name).toBe(false);
    expect(holds('br-cnpj', '00000000000000')).toBe(false);
  });

  it('throws at nothing', () => {
    const odd = ['', ' ', '-', 'K', '\u{1F600}', 'x'.repeat(300), '0'.repeat(300), '\ud800', '٣٤٥'];
    for (const [name, check] of Object.entries(checks))
      for (const text of odd) expect(typeof check(text), name).toBe('boolean');
  });
});
