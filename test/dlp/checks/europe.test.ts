import { describe, expect, it } from 'vitest';
import { europeEastChecks } from '../../../src/dlp/checks/europe-east.ts';
import { europeNorthChecks } from '../../../src/dlp/checks/europe-north.ts';
import { europeSouthChecks } from '../../../src/dlp/checks/europe-south.ts';
import { europeUkChecks } from '../../../src/dlp/checks/europe-uk.ts';
import { europeVatChecks } from '../../../src/dlp/checks/europe-vat.ts';
import { europeWestChecks } from '../../../src/dlp/checks/europe-west.ts';

const checks = {
  ...europeUkChecks,
  ...europeNorthChecks,
  ...europeWestChecks,
  ...europeSouthChecks,
  ...europeEastChecks,
  ...europeVatChecks,
};

/** Examples that the authorities, or the libraries and articles that cite them, publish. */
const PUBLISHED: Readonly<Record<string, readonly string[]>> = {
  'uk-nhs-number': ['943 476 5919', '943-476-5870'],
  'uk-utr': ['1955839661'],
  'uk-vat': ['GB 980 7806 84', '980780684'],
  'uk-upn': ['B801200005001'],
  'dk-cvr': ['13585628'],
  'se-personnummer': ['811218-9876', '19811218-9876', '880320-0016', '701063-2391'],
  'se-organisationsnummer': ['556703-7485'],
  'fi-hetu': ['131052-308T'],
  'fi-satu': ['10011187H'],
  'fi-y-tunnus': ['2077474-0'],
  'no-fodselsnummer': ['151086 95088', '10915596784'],
  'no-orgnr': ['988 077 917'],
  'is-kennitala': ['120174-3399', '450401-3150'],
  'baltic-personal-code': ['36805280109', '33309240064'],
  'ee-registrikood': ['12345678'],
  'lv-personas-kods': ['161175-19997'],
  'lv-registracijas-numurs': ['40003521600'],
  'de-steuer-id': ['36 574 261 809', '86095742719', '47036892816'],
  'de-rentenversicherungsnummer': ['15 070649 C 103', '65170839J003'],
  'de-kvnr': ['A123456780'],
  'at-svnr': ['1237 010180'],
  'at-steuernummer': ['59-119/9013'],
  ean13: ['756.9217.0769.85'],
  'ch-uid': ['CHE-100.155.212'],
  'fr-nir': ['2 95 10 99 126 111 93', '253072B07300470'],
  'fr-spi': ['0701987765493', '3023217600053'],
  'fr-siren': ['404833048'],
  'fr-siret': ['73282932000074'],
  'be-national-number': ['85.07.30-033.28', '17073003384'],
  'be-enterprise': ['0428.759.497'],
  'nl-bsn': ['1112.22.333'],
  'lu-matricule': ['1893120105732'],
  'ie-pps': ['6433435F', '6433435OA', '1234567T'],
  'es-dni': ['54362315K', 'X-5253868-R', '12345678Z'],
  'es-cif': ['B64717838', 'J99216582'],
  'es-cups': ['ES1234123456789012JY'],
  'pt-nif': ['501 964 843'],
  'pt-cartao-cidadao': ['00000000 0 ZZ4'],
  'it-codice-fiscale': ['RCCMNL83S18D969H'],
  'it-partita-iva': ['00743110157'],
  'gr-amka': ['01013099997'],
  'gr-afm': ['094259216'],
  'cy-tic': ['10259033P'],
  'si-emso': ['0101006500006'],
  'si-davcna-stevilka': ['50223054'],
  'me-pib': ['02655284'],
  'mk-edb': ['4030000375897'],
  'pl-pesel': ['44051401359'],
  'pl-nip': ['856-734-62-15'],
  'pl-regon': ['192598184', '12345678512347'],
  'pl-dowod-osobisty': ['ABA300000', 'AYW036733', 'APH505567'],
  'cz-rodne-cislo': ['710319/2745'],
  'cz-ico': ['25123891'],
  'hu-adoazonosito': ['8422780135'],
  'hu-taj': ['111 111 110'],
  'hu-adoszam': ['12892312', '12892312-2-41'],
  'ro-cnp': ['1630615123457'],
  'ro-cui': ['18547290'],
  'bg-egn': ['8032056031'],
  'bg-lnch': ['7111 042 925'],
  'bg-eik': ['175074752'],
  'ua-rnokpp': ['1759013776'],
  'ua-edrpou': ['32855961'],
  'by-unp': ['200988541', 'MA1953684'],
  'md-idnp': ['1008600038413'],
  'ru-inn': ['123456789047', '1234567894', '7707083893'],
  'ru-snils': ['112-233-445 95', '087-654-303 00'],
  'ru-ogrn': ['1027700132195', '304500116000157'],
  'hr-oib': ['33392005961'],
  'sk-dic': ['2022749619'],
  'mrz-line': ['L898902C36UTO7408122F1204159ZE184226B<<<<<10'],
};

/** Numbers with their country's prefix, from the same sources. */
const VAT = [
  'ATU13585627',
  'BE0428759497',
  'BG175074752',
  'CY10259033P',
  'CZ25123891',
  'DE136695976',
  'DK13585628',
  'EE100594102',
  'EL094259216',
  'ESB64717838',
  'FI20774740',
  'FR23334175221',
  'FRK7399859412',
  'HR33392005961',
  'HU12892312',
  'IE6433435F',
  'IE8D79739I',
  'IT00743110157',
  'LT119511515',
  'LT100001919017',
  'LU15027442',
  'LV40003521600',
  'MT11679112',
  'NL004495445B01',
  'NL002455799B11',
  'NO988077917MVA',
  'PL8567346215',
  'PT501964843',
  'RO18547290',
  'SE556703748501',
  'SI50223054',
  'SK2022749619',
  'XI980780684',
];

/** Every text that differs from `text` in one digit, outside its last `kept` characters. */
const oneWrong = (text: string, kept = 0): readonly string[] =>
  [...text].flatMap((char, at) =>
    /\d/.test(char) && at < text.length - kept
      ? [`${text.slice(0, at)}${(Number(char) + 1) % 10}${text.slice(at + 1)}`]
      : [],
  );

/** What stands at the end and is no part of a check: a machine-readable line's optional data. */
const UNCHECKED: Readonly<Record<string, number>> = { 'mrz-line': 17 };

/** Wrong digits that a scheme does not tell by its nature: two remainders with one digit, a century, a county. */
const SLIPS: Readonly<Record<string, number>> = { 'uk-utr': 2, 'is-kennitala': 1, 'hu-adoszam': 3 };

describe('identity checks of Europe', () => {
  for (const [name, examples] of Object.entries(PUBLISHED)) {
    const check = checks[name];
    it(`${name} holds for published numbers, and for none with one wrong digit`, () => {
      for (const example of examples) {
        expect(check?.(example), example).toBe(true);
        const slips = oneWrong(example, UNCHECKED[name] ?? 0).filter((wrong) => check?.(wrong) === true);
        expect(slips.length, `${example}: ${slips.join(' ')}`).toBeLessThanOrEqual(SLIPS[name] ?? 0);
      }
    });
  }

  it('eu-vat holds for published numbers of every member state, and for none with a wrong last digit', () => {
    for (const example of VAT) {
      expect(checks['eu-vat']?.(example), example).toBe(true);
      const wrong = example.replace(
        /(\d)(\D*)$/,
        (_, digit: string, rest: string) => `${(Number(digit) + 1) % 10}${rest}`,
      );
      if (!/^(?:NL|SE|FR)/.test(example)) expect(checks['eu-vat']?.(wrong), wrong).toBe(false);
    }
    expect(checks['eu-vat']?.('ZZ123456789')).toBe(false);
  });

  it('numbers never issued do not hold', () => {
    const never: readonly (readonly [string, string])[] = [
      ['uk-nino', 'GB123456A'],
      ['uk-nino', 'ZZ 12 34 56 A'],
      ['uk-nhs-number', '0000000000'],
      ['uk-hc-number', '9434765919'],
      ['uk-driving-licence', 'MORGA699054SM9IJ'],
      ['uk-vehicle-registration', 'LB50KXD'],
      ['dk-cpr', '320180-1234'],
      ['fi-hetu', '310252-308Y'],
      ['al-nid', 'I89901123K'],
      ['ua-unzr', '20241331-12345'],
      ['de-document', 'CHRFGHJKL'],
      ['hr-jmbg', '0101006500006'],
      ['nl-bsn', '000000000'],
      ['ru-inn', '0000000000'],
    ];
    for (const [name, value] of never) expect(checks[name]?.(value), `${name} ${value}`).toBe(false);
  });

  it('printed forms of one number are one number', () => {
    expect(checks['uk-nino']?.('ab 12 34 56 c')).toBe(true);
    expect(checks['uk-driving-licence']?.('MORGA657054SM9IJ')).toBe(true);
    expect(checks['uk-driving-licence']?.('morga 657054 sm 9 ij')).toBe(true);
    expect(checks['it-codice-fiscale']?.('rcc mnl 83s18 d969h')).toBe(true);
    expect(checks['de-document']?.('C01X00T478D')).toBe(true);
    expect(checks['dk-cpr']?.('0101801234')).toBe(true);
  });

  it('no text makes a check throw', () => {
    for (const check of Object.values(checks))
      for (const text of ['', ' ', 'Ä', '0', '-', 'A'.repeat(512), '9'.repeat(512), '\u0000'])
        expect(() => check(text)).not.toThrow();
  });
});
