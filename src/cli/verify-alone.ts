/** The program for one command: people check certificates more often than they do anything else. */
import { start } from './program.js';

start({ verify: async () => (await import('./verify.js')).addVerify });
