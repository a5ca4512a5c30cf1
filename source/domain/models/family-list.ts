import {cosmos3} from './cosmos3/cosmos3.js';
import type {Family} from './family.js';
import {transfer1} from './transfer1.js';
import {transfer25} from './transfer25.js';

/** Every model family for transfers; the first one is the default. */
export const families: readonly [Family, ...Family[]] = [transfer1, transfer25, cosmos3];
