import type {Options} from 'string-width';

export default function quickWidth(text: string, options?: Options): number;
