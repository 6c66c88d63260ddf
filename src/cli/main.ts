#!/usr/bin/env node
/** `cairn`: starts the smallest program that has the named command. */
void (process.argv[2] === 'verify' ? import('./verify-alone.js') : import('./all.js'));
