// Where keys turn up: environment files, configuration, code, headers, logs, chats and tickets.
import type { Vendor } from './corpus-data.ts';
import { SECRETS } from './corpus-data.ts';
import { filled } from './fillers.ts';
import type { Random } from './random.ts';
import { chance, chars, digits, grown, pick, whole } from './random.ts';
import { fromHand, marked } from './text.ts';

const MIXED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const WORDS = [
  'Summer',
  'Winter',
  'Nordwind',
  'Berlin',
  'Dragon',
  'Falcon',
  'Sommer',
  'Verano',
  'Kestrel',
  'Harbour',
  'Tiger',
  'Madrid',
];

/** A password as people choose them. `signs`: which special characters it may have. */
const password = (random: Random, signs: string): string =>
  pick(random, [
    () => `${pick(random, WORDS)}${whole(random, 2019, 2026)}${chars(random, signs, 1)}`,
    () => `${pick(random, WORDS)}${chars(random, signs, 1)}${digits(random, 3)}`,
    () =>
      `${pick(random, WORDS)
        .toLowerCase()
        .replace('e', '3')
        .replace('a', '@'.includes(signs[0] ?? '') ? '@' : '4')}${digits(random, 4)}`,
    () => chars(random, MIXED, whole(random, 10, 16)) + chars(random, signs, 1),
    () =>
      chars(random, MIXED + signs, whole(random, 12, 20))
        .replace(/^[^A-Za-z0-9]/, 'x')
        .replace(/[^A-Za-z0-9]$/, 'k'),
    () => `${pick(random, WORDS)}-${pick(random, WORDS)}-${digits(random, 2)}`,
  ])();

const filledSecret = (random: Random, template: string): string =>
  fromHand(
    filled(
      random,
      template
        .replaceAll('\\n', '\n')
        .replace(/\{pw\}/g, () => password(random, '!#$%&*@?+'))
        .replace(/\{pws\}/g, () => password(random, '!#%*_+'))
        .replace(/\{pwu\}/g, () => password(random, '!*-_'))
        .replace(/\{tok:(\d+)\}/g, (_, count: string) => chars(random, MIXED, Number(count)))
        .replace(/\{basic\}/g, () =>
          Buffer.from(`svc_${digits(random, 2)}:${password(random, '!#')}`).toString('base64'),
        ),
    ),
  );

type Place = (name: string, value: string, say: string) => string;

const camel = (name: string): string =>
  name.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

export const PLACES: Readonly<Record<string, Place>> = {
  env: (name, value) => `NODE_ENV=production\n${name}=${value}\nPORT=3000`,
  'env quoted': (name, value) => `${name}="${value}"`,
  export: (name, value) => `$ export ${name}='${value}'\n$ ./deploy.sh`,
  yaml: (name, value) => `app:\n  replicas: 3\n  ${name.toLowerCase()}: ${value}`,
  'yaml list': (name, value) => `        env:\n          - name: ${name}\n            value: "${value}"`,
  json: (name, value) => `{"region": "eu-west-1", "${camel(name)}": "${value}"}`,
  python: (name, value) => `import os\n\n${name} = "${value}"\nclient = Client(${name})`,
  js: (name, value) => `const ${camel(name)} = '${value}';`,
  java: (name, value) => `    private static final String ${name} = "${value}";`,
  go: (name, value) => `\t${camel(name)} := "${value}"`,
  csharp: (name, value) => `var ${camel(name)} = @"${value}";`,
  terraform: (name, value) => `variable "${name.toLowerCase()}" {\n  default = "${value}"\n}`,
  properties: (name, value) => `${name.toLowerCase().replaceAll('_', '.')}=${value}`,
  ini: (name, value) => `[default]\n${name.toLowerCase()} = ${value}`,
  docker: (name, value) => `docker run -e ${name}=${value} nordwind/app:1.4`,
  log: (name, value) => `2025-06-11 10:22:31,004 DEBUG config loaded ${name.toLowerCase()}=${value} in 12ms`,
  chat: (_, value, say) => `hey, the ${say} is ${value} - can you check why I get a 401?`,
  ask: (_, value, say) => `User: Here is my ${say}: ${value}\nAssistant: Thanks, let me look.`,
  ticket: (_, value, say) => `Deployment fails since yesterday. We use ${say} ${value} in the pipeline.`,
  german: (_, value, say) => `Hallo, unser ${say} lautet ${value}, damit kommt ein Fehler 403.`,
  french: (_, value, say) => `Bonjour, notre ${say} est ${value} et rien ne marche.`,
  spanish: (_, value, say) => `Hola, el ${say} es ${value}, ¿pueden revisarlo?`,
  japanese: (_, value, say) => `${say}は${value}です。確認をお願いします。`,
  diff: (name, value) => `-${name}=\n+${name}=${value}`,
};

export type Made = { readonly carrier: string; readonly marked: string };

export const keyText = (random: Random, vendor: Vendor, carrier: string): Made => {
  const value = grown(random, pick(random, [vendor.shape].flat()));
  const name = pick(random, vendor.env);
  const place = PLACES[carrier];
  if (place === undefined) throw new Error(`no place ${carrier}`);
  const rest = chance(random, 0.25) ? `\n${filled(random, pick(random, SECRETS.harmless.hashes ?? []))}` : '';
  return { carrier, marked: place(name, marked(vendor.id, value), vendor.say) + rest };
};

export const genericText = (random: Random, template: string): string => {
  const text = filledSecret(random, template);
  return chance(random, 0.3) ? `${filled(random, 'Ticket {O}, {D}:\n')}${text}` : text;
};

export const harmlessText = (random: Random, template: string): string =>
  filled(random, template.replaceAll('\\n', '\n'));
