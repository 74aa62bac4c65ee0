// What a first start without a configuration sets up: a team, a use case and a key to try the gateway with.
import { stringify } from 'yaml';

/** The demo as a gatehouse.yaml. `ollama` are the models of an Ollama that was found on this machine. */
export const demoSetup = (
  ollama: { readonly url: string; readonly models: readonly string[] } | undefined,
): string =>
  stringify({
    teams: [{ name: 'demo' }],
    backends: [
      { name: 'pretend', provider: 'pretend', zone: 'on_prem' },
      ...(ollama === undefined
        ? []
        : [{ name: 'ollama', provider: 'ollama', url: ollama.url, zone: 'on_prem' }]),
    ],
    models: [
      { name: 'pretend', targets: [{ backend: 'pretend', model: 'pretend' }] },
      ...(ollama?.models ?? []).map((name) => ({ name, targets: [{ backend: 'ollama', model: name }] })),
    ],
    use_cases: [{ name: 'demo', team: 'demo', models: ['*'], endpoints: ['chat'], data_class: 'sensitive' }],
    keys: [{ name: 'demo', use_case: 'demo' }],
  });
