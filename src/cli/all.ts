/** The whole program. */
import { type Commands, start } from './program.js';

const commands: Commands = {
  demo: async () => (await import('./demo.js')).addDemo,
  verify: async () => (await import('./verify.js')).addVerify,
  certify: async () => (await import('./certify.js')).addCertify,
  construct: async () => (await import('./construct.js')).addConstruct,
  import: async () => (await import('./import.js')).addImport,
  theorems: async () => (await import('./theorems.js')).addTheorems,
  explain: async () => (await import('./explain.js')).addExplain,
  view: async () => (await import('./view.js')).addView,
  plot: async () => (await import('./plot.js')).addPlot,
  inspect: async () => (await import('./inspect.js')).addInspect,
  risk: async () => (await import('./risk.js')).addRisk,
  extract: async () => (await import('./extract.js')).addExtract,
  schema: async () => (await import('./schema.js')).addSchema,
  diff: async () => (await import('./diff.js')).addDiff,
  completion: async () => (await import('./completion.js')).addCompletion(all),
};

const all = () => Promise.all(Object.values(commands).map((load) => load()));

start(commands);
