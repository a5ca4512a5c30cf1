import {cosmos3} from './cosmos3/cosmos3.js';
import type {Family} from './family.js';
import {transfer1} from './transfer1.js';
import {transfer25} from './transfer25.js';

/** Every family of models, the one of new hosts first. */
export const families: readonly [Family, ...Family[]] = [cosmos3, transfer25, transfer1];
