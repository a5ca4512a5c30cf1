import Output from '../node_modules/ink/build/output.js';

export default class QuickOutput extends Output {}
