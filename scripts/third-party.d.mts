export type Metafile = {outputs: Record<string, {inputs: Record<string, unknown>}>};

export function bundledPackages(metafile: Metafile): string[];
export function thirdPartyText(metafile: Metafile): Promise<string>;
