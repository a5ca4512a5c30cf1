import type {Transfer1Settings} from '../source/domain/models/transfer1-settings.js';
import {defaultsOf} from '../source/domain/settings/settings-tables.js';

/** What a transfer of the first family has when nothing is said. */
export const defaultSettings = defaultsOf('transfer') as Transfer1Settings;
