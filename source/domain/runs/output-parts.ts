/**
 * The folder of partial downloads, next to that of the outputs.
 * @param outputs the folder of the outputs, as a path of any kind
 */
export function partsOf(outputs: string): string {
	return `${outputs}.parts`;
}
