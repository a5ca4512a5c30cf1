import type {Family} from './family.js';
import {transfer1} from './transfer1.js';
import {transfer25} from './transfer25.js';

/** Every family of models that do transfers; the first one is what nothing else is said of. */
export const families: readonly [Family, ...Family[]] = [transfer1, transfer25];
