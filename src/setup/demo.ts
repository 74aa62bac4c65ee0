// What a first start without a configuration sets up: a team, a use case and a key to try the gateway with.
import { stringify } from 'yaml';
import { CALL_ENDPOINTS } from '../providers/names.ts';
import { modelName } from './document.ts';

/** Models of an Ollama that are taken over; more than anybody keeps on one machine. */
const MODELS = 1000;

/**
 * The demo as a gatehouse.yaml. `ollama` are the models of an Ollama that was found on this machine; one whose name is no
 * model's here is left out, so that a first start never fails for what happens to run beside it.
 */
export const demoSetup = (
  ollama: { readonly url: string; readonly models: readonly string[] } | undefined,
): string => {
  const found = [...new Set(ollama?.models)].filter(
    (name) => name !== 'pretend' && modelName.safeParse(name).success,
  );
  return stringify({
    teams: [{ name: 'demo' }],
    backends: [
      { name: 'pretend', provider: 'pretend', zone: 'on_prem' },
      ...(ollama === undefined
        ? []
        : [{ name: 'ollama', provider: 'ollama', url: ollama.url, zone: 'on_prem' }]),
    ],
    models: [
      { name: 'pretend', targets: [{ backend: 'pretend', model: 'pretend' }] },
      ...found.slice(0, MODELS).map((name) => ({ name, targets: [{ backend: 'ollama', model: name }] })),
    ],
    use_cases: [
      { name: 'demo', team: 'demo', models: ['*'], endpoints: [...CALL_ENDPOINTS], data_class: 'sensitive' },
    ],
    keys: [{ name: 'demo', use_case: 'demo' }],
  });
};
